import { createOAuthTokens, type CallReport, type GrantStore, type OAuthSettings } from "@inlet/crm";
import { GRANT_STORE_CONFORMANCE } from "@inlet/crm/conformance";
import { memoryGrants } from "@inlet/crm/testing";
import { afterEach, describe, expect, test } from "vitest";
import { startTokenServer, type TokenServer } from "./token-server.ts";
import { soon, MINUTE, type Instance, getToken } from "./oauth-instance.ts";

const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).toReversed()) await each.close();
});

let clock = 0;

const sleepUntil = (ms: number): void => void (clock = ms);

async function server(options?: Parameters<typeof startTokenServer>[0]): Promise<TokenServer> {
  clock = Date.now();
  const started = await startTokenServer(options);
  opened.push(started);
  return started;
}

function instance(settings: OAuthSettings, store: GrantStore = memoryGrants()): Instance {
  const calls: CallReport[] = [];
  const logged: object[] = [];
  const tokens = createOAuthTokens({
    settings,
    crm: "hubspot",
    tenant: "acme",
    store,
    timeoutMs: 2_000,
    log: { warn: (fields, message) => void logged.push({ ...fields, message }), debug: () => {} },
    onCall: (report) => void calls.push(report),
    now: () => clock,
  });
  opened.push(tokens);
  return { tokens, calls, logged };
}

describe.each(GRANT_STORE_CONFORMANCE)("the fake grant store: $name", (promise) => {
  test("holds", async () => promise.run(memoryGrants()));
});

describe("a token that is good", () => {
  test("is asked for once by many callers, and again shortly before it ends, each time with the newest refresh token", async () => {
    const endpoint = await server();
    const one = instance(endpoint.settings());
    const many = await Promise.all(Array.from({ length: 20 }, async () => getToken(one)));
    expect(new Set(many).size).toBe(1);
    expect(endpoint.requests).toHaveLength(1);
    const begun = clock;
    sleepUntil(begun + 28 * MINUTE);
    expect(await getToken(one)).toBe(many[0]);
    sleepUntil(begun + 29 * MINUTE + 1);
    const second = await getToken(one);
    expect(second).not.toBe(many[0]);
    sleepUntil(clock + 29 * MINUTE + 1);
    await getToken(one);
    expect(endpoint.reuses()).toBe(0);
    expect(new Set(endpoint.requests.map(({ refreshToken }) => refreshToken)).size).toBe(3);
    expect(one.calls.map(({ operation, outcome, code }) => [operation, outcome, code])).toEqual(
      Array.from({ length: 3 }, () => ["oauth POST token", "ok", null]),
    );
  });

  test("goes on while its renewal fails shortly before its end, and the endpoint is let be meanwhile", async () => {
    const endpoint = await server();
    const one = instance(endpoint.settings());
    const first = await getToken(one);
    sleepUntil(clock + 29 * MINUTE + 1);
    endpoint.answerNext({ status: 503, body: "<html>away</html>" });
    expect(await getToken(one)).toBe(first);
    expect(await getToken(one)).toBe(first);
    expect(endpoint.requests).toHaveLength(2);
    sleepUntil(clock + 5_001);
    expect(await getToken(one)).not.toBe(first);
  });

  test("of a life of seconds is renewed in its second half; one without an end is used until it is refused", async () => {
    const short = await server({ expiresIn: 20 });
    const one = instance(short.settings());
    const first = await getToken(one);
    sleepUntil(clock + 9_000);
    expect(await getToken(one)).toBe(first);
    sleepUntil(clock + 2_000);
    expect(await getToken(one)).not.toBe(first);

    const endless = await server({ expiresIn: null, rotates: false });
    const other = instance(endless.settings());
    const kept = await getToken(other);
    sleepUntil(clock + 365 * 24 * 60 * MINUTE);
    expect(await getToken(other)).toBe(kept);
    const next = await other.tokens.replace(kept, soon());
    expect(next).toMatchObject({ ok: true, value: expect.stringMatching(/^access-/) as string });
    expect(endless.requests.map(({ refreshToken }) => refreshToken)).toEqual(
      Array.from({ length: 2 }, () => endless.firstRefreshToken),
    );
  });
});

describe("a token that the CRM refuses", () => {
  test("is replaced once for all its callers; one that was issued just now is not to blame", async () => {
    const endpoint = await server();
    const one = instance(endpoint.settings());
    const first = await getToken(one);
    expect(await one.tokens.replace(first, soon())).toEqual({ ok: true, value: null });
    sleepUntil(clock + MINUTE);
    const others = await Promise.all(Array.from({ length: 8 }, async () => one.tokens.replace(first, soon())));
    expect(new Set(others.map((result) => (result.ok ? result.value : result.fault.code))).size).toBe(1);
    expect(endpoint.requests).toHaveLength(2);
    expect(await getToken(one)).not.toBe(first);
  });

  test("is replaced by the one that another instance has got meanwhile", async () => {
    const endpoint = await server();
    const store = memoryGrants();
    const [one, two] = [instance(endpoint.settings(), store), instance(endpoint.settings(), store)];
    const first = await getToken(one);
    expect(await getToken(two)).toBe(first);
    sleepUntil(clock + MINUTE);
    const second = await one.tokens.replace(first, soon());
    expect(await two.tokens.replace(first, soon())).toEqual(second);
    expect(endpoint.requests).toHaveLength(2);
  });
});

test("of a server that ends a token with the next one, a token just issued is replaced by the next in the store", async () => {
  const endpoint = await server({ expiresIn: 20, onlyNewest: true });
  const store = memoryGrants();
  const [one, two] = [instance(endpoint.settings(), store), instance(endpoint.settings(), store)];
  const first = await getToken(one);
  expect(await getToken(two)).toBe(first);
  sleepUntil(clock + 11_000);
  const second = await getToken(one);
  expect(endpoint.accepted.map(({ token }) => token)).not.toContain(first);
  expect(await two.tokens.replace(first, soon())).toEqual({ ok: true, value: second });
  expect(endpoint.requests).toHaveLength(2);
});
