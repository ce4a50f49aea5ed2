import { operation, type CallFault, type CallResult, type ContactInput, type Written } from "@inlet/crm";
import type { CallOutcome, Circuit } from "@inlet/resilience";
import { expect, test } from "vitest";
import type { AccountQuotas } from "./account-quotas.ts";
import { createBatchCalls, type CallEnd } from "./batch-calls.ts";

const OUTAGE: CallFault = { kind: "outage", code: "hubspot:5xx", message: "", unknown: true };
const INVALID: CallFault = { kind: "record-permanent", code: "hubspot:400:INVALID_EMAIL", message: "", unknown: false };
const UNTOLD: CallFault = { kind: "record-passing", code: "hubspot:207", message: "", unknown: true };
const fail = (fault: CallFault): { ok: false; fault: CallFault } => ({ ok: false, fault });
const written = (name: string): CallResult<Written> => ({ ok: true, value: { recordId: `id-${name}`, created: true } });

type Names = readonly string[];

/** A tenant's CRM whose calls are noted, and answered as the test says; names stand for contacts. */
function tenant(
  answers: {
    readonly together?: (names: Names) => CallResult<readonly CallResult<Written>[]>;
    readonly isolated?: (name: string) => CallResult<Written>;
    /** Tokens that there are; by default enough. */
    readonly tokens?: number;
    readonly ledgerFails?: boolean;
    /** Buffer mode begins during the first call. */
    readonly buffered?: boolean;
    /** The circuit opens with the second call. */
    readonly opens?: boolean;
  } = {},
) {
  const calls: { names: Names; deadline: number }[] = [];
  const tokens: number[] = [];
  const outcomes: CallOutcome[] = [];
  const begun: string[] = [];
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  const together = answers.together ?? ((names) => ({ ok: true, value: names.map(written) }));
  const write = operation<ContactInput, Written>(
    async ({ email }, { deadline }) => {
      calls.push({ names: [email], deadline });
      if (email === "first") await gate;
      return (answers.isolated ?? written)(email);
    },
    {
      cost: { requests: 2 },
      batch: {
        name: "upsertContact",
        most: 100,
        cost: { requests: 2 },
        send: async (inputs, { deadline }) => {
          const names = inputs.map(({ email }) => email);
          calls.push({ names, deadline });
          return together(names);
        },
      },
    },
  );
  const quotas: AccountQuotas = {
    take: async ({ requests }) => {
      tokens.push(requests);
      return tokens.length <= (answers.tokens ?? Infinity) ? { ok: true } : { ok: false, retryInMs: 700 };
    },
    forget: () => {},
  };
  const circuit = {
    call: async <T>(_operation: string, action: () => Promise<T>, toOutcome: (result: T) => CallOutcome) => {
      if (answers.opens === true && calls.length > 1) return { open: true as const, probeInMs: 100 };
      const result = await action();
      if (answers.ledgerFails === true && calls.length > 1) throw new Error("the ledger is away");
      outcomes.push(toOutcome(result));
      return { open: false as const, result };
    },
  } as unknown as Circuit;
  const gateAnswers = async () => ({ buffered: answers.buffered === true && calls.length > 0 });
  const batches = createBatchCalls({
    crm: { kind: "hubspot" },
    quotas,
    circuit,
    gate: gateAnswers,
    timeoutMs: 5_000,
    now: () => 0,
    failpoint: () => {},
  });
  const call = async (name: string, deadline = 10_000): Promise<CallEnd<Written>> =>
    batches.call({
      step: "contact",
      operation: write,
      input: { email: name, firstName: null, lastName: null },
      key: name,
      deadline,
      begin: () => begun.push(name),
    });
  return {
    calls,
    tokens,
    outcomes,
    begun,
    /** What became of calls that came while the first was under way. */
    behindFirst: async (...rows: (string | readonly [string, number])[]): Promise<unknown[]> => {
      const first = call("first");
      await new Promise((resolve) => setImmediate(resolve));
      const ends = rows.map(async (row) => (typeof row === "string" ? call(row) : call(...row)));
      release();
      const settled = await Promise.allSettled([first, ...ends]);
      return settled
        .slice(1)
        .map((end) => (end.status === "rejected" ? (end.reason as Error).message : short(end.value)));
    },
  };
}

function short(end: CallEnd<Written>): unknown {
  if (end.kind !== "answered") return end.kind;
  if (end.result.ok) return end.result.value.recordId;
  const { code, unknown } = end.result.fault;
  return unknown ? `${code} unknown` : code;
}

test("the first goes by itself, those that come meanwhile together: one token and one result for the circuit a call", async () => {
  const { behindFirst, calls, tokens, outcomes, begun } = tenant();
  expect(await behindFirst("a", ["b", 4_000], "c")).toEqual(["id-a", "id-b", "id-c"]);
  expect(calls).toEqual([
    { names: ["first"], deadline: 5_000 },
    { names: ["a", "b", "c"], deadline: 4_000 },
  ]);
  expect(tokens).toEqual([2, 2]);
  expect(outcomes).toEqual(["through", "through"]);
  expect(begun).toEqual(["first", "a", "b", "c"]);
});

test("two calls for one record never go in the same batch", async () => {
  const { behindFirst, calls } = tenant();
  expect(await behindFirst("a", "b", "a")).toEqual(["id-a", "id-b", "id-a"]);
  expect(calls.map(({ names }) => names)).toEqual([["first"], ["a", "b"], ["a"]]);
});

test("a row that the CRM refuses is sent by itself, and so is one of which it does not tell; those answers count", async () => {
  const { behindFirst, calls } = tenant({
    together: (names) => ({
      ok: true,
      value: names.map((name) => (name === "bad" ? fail(INVALID) : name === "untold" ? fail(UNTOLD) : written(name))),
    }),
    isolated: (name) => (name === "bad" ? fail(INVALID) : written(name)),
  });
  expect(await behindFirst("a", "bad", "untold", "b")).toEqual(["id-a", INVALID.code, "id-untold", "id-b"]);
  expect(calls.map(({ names }) => names)).toEqual([["first"], ["a", "bad", "untold", "b"], ["bad"], ["untold"]]);
});

test("where every row is refused the batch is halved until only the bad one is", async () => {
  const { behindFirst, calls, tokens } = tenant({
    together: (names) => ({
      ok: true,
      value: names.map((name) => (names.includes("bad") ? fail(INVALID) : written(name))),
    }),
    isolated: (name) => (name === "bad" ? fail(INVALID) : written(name)),
  });
  expect(await behindFirst("a", "b", "c", "bad")).toEqual(["id-a", "id-b", "id-c", INVALID.code]);
  expect(calls.map(({ names }) => names.join(" "))).toEqual(["first", "a b c bad", "a b", "c bad", "c", "bad"]);
  expect(tokens).toHaveLength(calls.length);
});

test("a fault of the whole call is every row's, and nothing is sent again", async () => {
  const { behindFirst, calls } = tenant({ together: () => fail(INVALID) });
  expect(await behindFirst("a", "b")).toEqual([INVALID.code, INVALID.code]);
  expect(calls).toHaveLength(2);
});

test("an outage is every row's and counts once; what one row meets of it leaves the others their answers", async () => {
  const whole = tenant({ together: () => fail(OUTAGE) });
  expect(await whole.behindFirst("a", "b")).toEqual([`${OUTAGE.code} unknown`, `${OUTAGE.code} unknown`]);
  expect(whole.outcomes).toEqual(["through", "outage"]);
  const partly = tenant({ together: () => ({ ok: true, value: [written("a"), fail(OUTAGE)] }) });
  expect(await partly.behindFirst("a", "b")).toEqual(["id-a", `${OUTAGE.code} unknown`]);
  expect(partly.outcomes).toEqual(["through", "through"]);
});

test("without a token nothing is called; an email without time left is left out, and its neighbours are not", async () => {
  const { behindFirst, calls, begun } = tenant({ tokens: 1 });
  expect(await behindFirst("a", "b")).toEqual(["no-token", "no-token"]);
  expect([calls.length, begun]).toEqual([1, ["first"]]);
  const late = tenant();
  expect(await late.behindFirst("a", ["late", 1_000], "b")).toEqual(["id-a", "late", "id-b"]);
  expect(late.calls.at(-1)?.names).toEqual(["a", "b"]);
});

test("taken apart without tokens: what was refused was not carried out and waits, what is unknown stays unknown", async () => {
  const { behindFirst } = tenant({
    tokens: 2,
    together: () => ({ ok: true, value: [written("a"), fail(INVALID), fail(UNTOLD)] }),
  });
  expect(await behindFirst("a", "bad", "untold")).toEqual(["id-a", "no-token", `${UNTOLD.code} unknown`]);
});

test("what is unknown stays so until the CRM says what became of it", async () => {
  const together = (): CallResult<readonly CallResult<Written>[]> => ({
    ok: true,
    value: [fail(UNTOLD), fail(INVALID), written("b")],
  });
  const NOT_SENT: CallFault = { ...OUTAGE, code: "hubspot:connect", unknown: false };
  const away = tenant({ together, isolated: (name) => (name === "first" ? written(name) : fail(NOT_SENT)) });
  const unknown = [`${NOT_SENT.code} unknown`, NOT_SENT.code, "id-b"];
  expect(await away.behindFirst("untold", "bad", "b")).toEqual(unknown);
  const open = tenant({ together, opens: true });
  expect(await open.behindFirst("untold", "bad", "b")).toEqual([`${UNTOLD.code} unknown`, "open", "id-b"]);
});

test("rows that gathered before buffer mode began are not sent", async () => {
  const { behindFirst, calls } = tenant({ buffered: true });
  expect(await behindFirst("a", "b")).toEqual(["buffered", "buffered"]);
  expect(calls).toHaveLength(1);
});

test("a fault of Inlet's own infrastructure, and an answer that lacks rows, reject the rows that have no answer", async () => {
  const ledger = tenant({ ledgerFails: true });
  expect(await ledger.behindFirst("a", "b")).toEqual(["the ledger is away", "the ledger is away"]);
  const lacking = tenant({ together: () => ({ ok: true, value: [written("a")] }) });
  expect(await lacking.behindFirst("a", "b")).toEqual(
    ["a", "b"].map(() => "a batch of upsertContact answered 1 of 2 rows"),
  );
});
