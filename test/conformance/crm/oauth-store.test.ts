import { createOAuthTokens, type CallReport, type GrantStore, type OAuthSettings } from "@inlet/crm";
import { memoryGrants } from "@inlet/crm/testing";
import { afterEach, describe, expect, test } from "vitest";
import { CLIENT, secret, startTokenServer, type TokenServer } from "./token-server.ts";
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
