import { expect, test } from "vitest";
import type { AccessTokens } from "./access-tokens.ts";
import type { CallReport } from "./call-report.ts";
import { createCaller } from "./caller.ts";
import { oauthFault } from "../oauth/faults.ts";
import type { CallResult } from "../port.ts";
import type { Exchange, ExchangeResult } from "./transport.ts";

const soon = { deadline: performance.now() + 60_000 };
const POST = { method: "POST", path: "/deals?x=1", template: "/deals", body: "{}" } as const;
const refusal: ExchangeResult = { kind: "answer", status: 401, headers: {}, text: "{}" };
const done: ExchangeResult = { kind: "answer", status: 201, headers: {}, text: "{}" };
const lost: ExchangeResult = { kind: "failure", reason: "reset", sent: true };
const away = oauthFault("oauth:connect", "away");

/** A caller whose CRM answers in turn, and whose token is replaced by what `others` say. */
function callerWith(answers: ExchangeResult[], others: CallResult<string | null>[] = []) {
  const sent: Exchange[] = [];
  const reports: CallReport[] = [];
  const tokens: AccessTokens = {
    current: async () => ({ ok: true, value: "first" }),
    replace: async (token) => {
      expect(token).toBe("first");
      const other = others.shift();
      if (other === undefined) throw new Error("asked for another token too often");
      return other;
    },
    close: async () => {},
  };
  const caller = createCaller("http", {
    baseUrl: "https://crm.example/api/",
    timeoutMs: 1_000,
    tenant: "acme",
    log: { warn: () => {}, debug: () => {} },
    onCall: (report) => void reports.push(report),
    tokens,
    authorization: (token) => ({ authorization: `Bearer ${token}` }),
    transport: {
      exchange: async (request) => {
        sent.push(request);
        const answer = answers.shift();
        if (answer === undefined) throw new Error("sent too often");
        return answer;
      },
      close: async () => {},
    },
  });
  const call = (): Promise<CallResult<number>> =>
    caller.call(POST, soon, (result) =>
      result.kind === "answer" && result.status < 300
        ? { ok: true, value: result.status }
        : {
            ok: false,
            fault: {
              kind: "outage",
              code: result.kind === "answer" ? `http:${result.status}` : `http:${result.reason}`,
              message: "",
              unknown: result.kind !== "answer",
            },
          },
    );
  return { call, tokens, caller, reports, used: () => sent.map(({ headers }) => headers["authorization"]), sent };
}

test("a 401 with another token to be had is the same call once more, and each is reported", async () => {
  const { call, sent, used, reports } = callerWith([refusal, done], [{ ok: true, value: "second" }]);
  expect(await call()).toEqual({ ok: true, value: 201 });
  expect(used()).toEqual(["Bearer first", "Bearer second"]);
  expect(sent.map(({ path, body }) => [path, body])).toEqual(Array.from({ length: 2 }, () => ["/api/deals?x=1", "{}"]));
  expect(reports.map(({ status, outcome, code }) => [status, outcome, code])).toEqual([
    [401, "outage", "http:401"],
    [201, "ok", null],
  ]);
});

test("a second 401 is the answer; without another token so is the first", async () => {
  const twice = callerWith([refusal, refusal], [{ ok: true, value: "second" }]);
  expect(await twice.call()).toMatchObject({ ok: false, fault: { code: "http:401" } });
  const once = callerWith([refusal], [{ ok: true, value: null }]);
  expect(await once.call()).toMatchObject({ ok: false, fault: { code: "http:401" } });
  expect(once.used()).toEqual(["Bearer first"]);
});

test("what is lost in the second try is unknown, and not tried again", async () => {
  const { call, used } = callerWith([refusal, lost], [{ ok: true, value: "second" }]);
  expect(await call()).toMatchObject({ ok: false, fault: { code: "http:reset", unknown: true } });
  expect(used()).toHaveLength(2);
});

test("only a 401 asks for another token", async () => {
  for (const answer of [done, lost, { ...refusal, status: 403 }, { ...refusal, status: 500 }]) {
    const { call, used } = callerWith([answer]);
    await call();
    expect(used()).toEqual(["Bearer first"]);
  }
});

test("without a token nothing is sent; a token that cannot be replaced is told as why", async () => {
  const none = callerWith([]);
  none.tokens.current = async () => ({ ok: false, fault: away });
  expect(await none.call()).toEqual({ ok: false, fault: away });
  expect(none.sent).toEqual([]);
  const { call } = callerWith([refusal], [{ ok: false, fault: away }]);
  expect(await call()).toEqual({ ok: false, fault: away });
});
