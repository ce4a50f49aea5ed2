import { createOAuthTokens, type CallReport, type GrantStore, type OAuthSettings } from "@inlet/crm";
import { memoryGrants } from "@inlet/crm/testing";
import { afterEach, describe, expect, test } from "vitest";
import { CLIENT, startTokenServer, type TokenServer } from "./token-server.ts";
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

async function getCode({ tokens }: Instance, deadline = soon()): Promise<string> {
  const result = await tokens.current(deadline);
  return result.ok ? "ok" : result.fault.code;
}

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
