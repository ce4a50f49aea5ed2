import { createOAuthTokens, type AccessTokens, type CallReport, type GrantStore, type OAuthSettings } from "@inlet/crm";
import { GRANT_STORE_CONFORMANCE } from "@inlet/crm/conformance";
import { memoryGrants } from "@inlet/crm/testing";
import { afterEach, describe, expect, test } from "vitest";
import { CLIENT, secret, startTokenServer, type TokenServer } from "./token-server.ts";

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).toReversed()) await each.close();
});

const soon = (ms = 5_000): { deadline: number } => ({ deadline: performance.now() + ms });
const MINUTE = 60_000;

interface Instance {
  readonly tokens: AccessTokens;
  readonly calls: CallReport[];
  readonly logged: object[];
}

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

async function getToken({ tokens }: Instance): Promise<string> {
  const result = await tokens.current(soon());
  if (!result.ok) throw new Error(result.fault.code);
  return result.value;
}

async function getCode({ tokens }: Instance, deadline = soon()): Promise<string> {
  const result = await tokens.current(deadline);
  return result.ok ? "ok" : result.fault.code;
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

describe("what the endpoint is told", () => {
  test("the client by form or by header, the scope, and for client_credentials no refresh token", async () => {
    const endpoint = await server();
    await getToken(instance(endpoint.settings({ scope: "contacts deals" })));
    const bare = instance(endpoint.settings({ refreshToken: null, clientAuth: "basic", scope: "contacts" }));
    const first = await getToken(bare);
    sleepUntil(clock + 30 * MINUTE);
    expect(await getToken(bare)).not.toBe(first);
    const credentials = { grant: "client_credentials", refreshToken: null, scope: "contacts", clientAuth: "basic" };
    expect(endpoint.requests).toEqual([
      {
        grant: "refresh_token",
        refreshToken: endpoint.firstRefreshToken,
        scope: "contacts deals",
        clientAuth: "post",
      },
      credentials,
      credentials,
    ]);
  });
});

describe("faults", () => {
  const refusals: [what: string, status: number, body: string, code: string][] = [
    ["a server error", 500, "{}", "oauth:5xx"],
    ["too many requests", 429, "{}", "oauth:429"],
    ["a page in place of JSON", 200, "<html></html>", "oauth:unreadable"],
    ["an answer without a token", 200, '{"token_type":"bearer"}', "oauth:unreadable"],
    ["a token that is no bearer's", 200, '{"token_type":"mac","access_token":"x"}', "oauth:unreadable"],
    ["null", 200, "null", "oauth:unreadable"],
    ["no content", 204, "", "oauth:unreadable"],
    ["a redirect", 302, "", "oauth:endpoint"],
    ["another server's 404", 404, "<html></html>", "oauth:endpoint"],
    ["a grant that is over", 400, '{"error":"invalid_grant"}', "oauth:invalid_grant"],
    ["a client that is refused", 401, '{"error":"invalid_client"}', "oauth:invalid_client"],
    ["a client that may not", 400, '{"error":"unauthorized_client"}', "oauth:invalid_client"],
    ["a scope that is refused", 400, '{"error":"invalid_scope"}', "oauth:refused"],
    ["an unknown grant", 400, '{"error":"unsupported_grant_type"}', "oauth:refused"],
    ["an error of the server's own", 400, '{"error":"quota of the moon"}', "oauth:refused"],
    ["a server that is busy", 400, '{"error":"temporarily_unavailable"}', "oauth:5xx"],
  ];
  test.each(refusals)("%s", async (_what, status, body, code) => {
    const endpoint = await server();
    const one = instance(endpoint.settings());
    endpoint.answerNext({ status, body, headers: { "retry-after": "7" } });
    const result = await one.tokens.current(soon());
    expect(result).toMatchObject({ ok: false, fault: { kind: "outage", code, unknown: false } });
    if (code === "oauth:429") expect(result).toMatchObject({ fault: { retryAfterMs: 7_000 } });
    expect(one.logged).toMatchObject([{ tenant: "acme", operation: "oauth POST token", code }]);
    // The next try is a new one.
    expect(await getCode(one)).toBe("ok");
  });

  test("a challenge in place of an error is a client that is refused", async () => {
    const endpoint = await server();
    const one = instance(endpoint.settings());
    endpoint.answerNext({ status: 401, body: "{}", headers: { "www-authenticate": 'Basic realm="x"' } });
    expect(await getCode(one)).toBe("oauth:invalid_client");
  });

  test("an endpoint that is away, and one that does not answer before the caller's deadline", async () => {
    const endpoint = await server({ ms: 300 });
    expect(await getCode(instance(endpoint.settings({ tokenUrl: "http://127.0.0.1:9/token" })))).toBe("oauth:connect");
    const slow = instance(endpoint.settings());
    expect(await getCode(slow, soon(50))).toBe("oauth:deadline");
    // The request went on: its rotated token is not lost.
    expect(await getCode(slow)).toBe("ok");
    expect(endpoint.requests).toHaveLength(1);
  });

  test("a refresh token that is over says what to do; a new one in the file is taken at once, and nothing secret is told", async () => {
    const endpoint = await server();
    const store = memoryGrants();
    const settings = endpoint.settings();
    const one = instance(settings, store);
    const first = await getToken(one);
    endpoint.revokeGrant();
    sleepUntil(clock + 30 * MINUTE);
    const result = await one.tokens.current(soon());
    expect(result).toMatchObject({
      ok: false,
      fault: { code: "oauth:invalid_grant", message: expect.stringMatching(/authorize Inlet .* again/) as string },
    });

    const renewed = await server();
    const again = instance({ ...renewed.settings(), tokenUrl: renewed.url }, store);
    expect(await getToken(again)).not.toBe(first);
    const told = JSON.stringify([one.logged, one.calls, result, again.logged]);
    for (const hidden of [CLIENT.secret, endpoint.firstRefreshToken, first, 'is over"'])
      expect(told).not.toContain(hidden);
  });

  test("an answer that is lost on the way costs the grant where the server rotates, and is told as what it is", async () => {
    const endpoint = await server();
    const one = instance(endpoint.settings());
    endpoint.answerNext("lost");
    expect(await getCode(one)).toBe("oauth:reset");
    expect(await getCode(one)).toBe("oauth:invalid_grant");
  });
});

describe("the store", () => {
  test("holds nothing that reads as a token, and gives a new process the token and the refresh token", async () => {
    const endpoint = await server();
    const kept: Buffer[] = [];
    const store = memoryGrants();
    const watched: GrantStore = {
      ...store,
      keep: async (key, generation, sealed) => {
        kept.push(sealed);
        return store.keep(key, generation, sealed);
      },
    };
    const first = await getToken(instance(endpoint.settings(), watched));
    const restarted = instance(endpoint.settings({ clientSecret: secret(CLIENT.secret) }), watched);
    expect(await getToken(restarted)).toBe(first);
    sleepUntil(clock + 30 * MINUTE);
    await getToken(restarted);
    expect(endpoint.requests).toHaveLength(2);
    expect(endpoint.reuses()).toBe(0);
    expect(kept).toHaveLength(2);
    for (const sealed of kept) expect(sealed.toString("latin1")).not.toMatch(/access|refresh|oken/);
  });

  test("away when a token comes: it is thrown on, and the token is kept as soon as the store is back", async () => {
    const endpoint = await server();
    const store = memoryGrants();
    let away = true;
    const shaky: GrantStore = {
      ...store,
      keep: async (...kept) => {
        if (away) throw new Error("the ledger does not answer");
        return store.keep(...kept);
      },
    };
    const one = instance(endpoint.settings(), shaky);
    await expect(one.tokens.current(soon())).rejects.toThrow(/does not answer/);
    away = false;
    const token = await getToken(one);
    expect(endpoint.requests).toHaveLength(1);
    expect(await getToken(instance(endpoint.settings(), store))).toBe(token);
  });

  test("two processes with different refresh tokens in their files take nothing from each other", async () => {
    const [older, newer] = [await server(), await server()];
    const store = memoryGrants();
    const [one, two] = [instance(older.settings(), store), instance(newer.settings(), store)];
    for (let round = 0; round < 3; round += 1) {
      await getToken(one);
      await getToken(two);
      sleepUntil(clock + 30 * MINUTE);
    }
    expect([older.reuses(), newer.reuses()]).toEqual([0, 0]);
  });
});
