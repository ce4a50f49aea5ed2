import { randomUUID } from "node:crypto";
import { createHubSpot, createOAuthTokens, type AccessTokens, type CallReport, type GrantStore } from "@inlet/crm";
import { GRANT_STORE_CONFORMANCE } from "@inlet/crm/conformance";
import { createSandbox } from "@inlet/crm-sandbox";
import { openLedger, type Ledger } from "@inlet/ledger";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startTokenServer, type TokenServer } from "./token-server.ts";

/** Two instances, each with a connection to the ledger of its own. */
let first: Ledger;
let second: Ledger;
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  const connectionString = process.env["DATABASE_URL"] ?? "";
  first = openLedger({ connectionString });
  second = openLedger({ connectionString });
  await first.migrate();
});
afterEach(async () => {
  for (const each of opened.splice(0).toReversed()) await each.close();
});
afterAll(async () => Promise.all([first.close(), second.close()]));

const MINUTE = 60_000;
const newTenant = (): string => `t-${randomUUID().slice(0, 12)}`;
const soon = (): { deadline: number } => ({ deadline: performance.now() + 20_000 });
const log = { warn: () => {}, debug: () => {} };

async function startServer(options?: Parameters<typeof startTokenServer>[0]): Promise<TokenServer> {
  const server = await startTokenServer(options);
  opened.push(server);
  return server;
}

/** The tokens of one instance. An adapter closes those that it is given; `close: false` leaves it to that. */
function createTokens(
  server: TokenServer,
  tenant: string,
  store: GrantStore,
  { clock = { now: Date.now() }, close = true }: { clock?: { now: number }; close?: boolean } = {},
): AccessTokens {
  const settings = server.settings();
  const now = (): number => clock.now;
  const tokens = createOAuthTokens({ settings, tenant, store, log, crm: "hubspot", timeoutMs: 5_000, now });
  if (close) opened.push(tokens);
  return tokens;
}

describe.each(GRANT_STORE_CONFORMANCE)("the ledger as grant store: $name", (promise) => {
  test("holds", async () => promise.run(first.grants));
});

test("instances that all need a token at once, again and again, ask once each time and burn no refresh token", async () => {
  const server = await startServer({ ms: 30 });
  const tenant = newTenant();
  const clock = { now: Date.now() };
  const instances = [first, second].map(({ grants }) => createTokens(server, tenant, grants, { clock }));
  const rounds = 12;
  const seen = new Set<string>();
  for (let round = 0; round < rounds; round += 1) {
    const asked = instances.flatMap((tokens) => Array.from({ length: 20 }, async () => tokens.current(soon())));
    const values = new Set((await Promise.all(asked)).map((result) => (result.ok ? result.value : result.fault.code)));
    expect(values.size).toBe(1);
    for (const value of values) seen.add(value);
    clock.now += 30 * MINUTE;
  }
  expect(seen.size).toBe(rounds);
  expect(server.requests).toHaveLength(rounds);
  expect(server.reuses()).toBe(0);
});

test("an instance that died while it asked holds the others up until its lease is over", async () => {
  const server = await startServer();
  const tenant = newTenant();
  const leases: boolean[] = [];
  const store: GrantStore = {
    ...second.grants,
    lease: async (...[key, generation, owner, ms]) => {
      if (leases.length === 0) await first.grants.lease(key, generation, "dead", 500);
      const got = await second.grants.lease(key, generation, owner, ms);
      leases.push(got);
      return got;
    },
  };
  expect(await createTokens(server, tenant, store).current(soon())).toMatchObject({ ok: true });
  expect([leases[0], leases.at(-1)]).toEqual([false, true]);
  expect(server.requests).toHaveLength(1);
});

test("what an instance is answered after its lease was over counts for the one that asked after it", async () => {
  const server = await startServer();
  const tenant = newTenant();
  let letKeep: (() => void) | undefined;
  // Its lease is over at once, and what it was answered reaches the ledger only when the other has asked with the same refresh token.
  const slow: GrantStore = {
    ...first.grants,
    lease: async (key, generation, owner) => first.grants.lease(key, generation, owner, -1),
    keep: async (...kept) => {
      await new Promise<void>((resolve) => (letKeep = resolve));
      return first.grants.keep(...kept);
    },
  };
  const held = createTokens(server, tenant, slow).current(soon());
  await expect.poll(() => letKeep !== undefined, { timeout: 30_000 }).toBe(true);
  const quick: GrantStore = {
    ...second.grants,
    release: async (...released) => {
      letKeep?.();
      await held;
      return second.grants.release(...released);
    },
  };
  const answer = await createTokens(server, tenant, quick).current(soon());
  expect(answer).toEqual(await held);
  expect(server.reuses()).toBe(1);
});

test("a CRM that ends all tokens: the adapters of two instances go on, each write lands once", async () => {
  const server = await startServer({ ms: 30 });
  const sandbox = createSandbox({ seed: false, tokens: server.accepted });
  const baseUrl = await sandbox.app.listen({ host: "127.0.0.1", port: 0 });
  opened.push(sandbox.app);
  const tenant = newTenant();
  const clock = { now: Date.now() };
  const reports: CallReport[] = [];
  const [one, two] = [first, second].map(({ grants }) => {
    const crm = createHubSpot({
      baseUrl,
      tenant,
      log,
      apiVersion: "v3",
      timeoutMs: 5_000,
      pipeline: null,
      stage: null,
      tokens: createTokens(server, tenant, grants, { clock, close: false }),
      onCall: (report) => void reports.push(report),
    });
    opened.push(crm);
    return crm;
  });
  if (one === undefined || two === undefined) throw new Error("two instances");
  expect(await one.setup.atStart(null, soon())).toMatchObject({ ok: true });
  const rounds = 4;
  for (let round = 0; round < rounds; round += 1) {
    clock.now += MINUTE;
    server.revokeTokens();
    const write = (crm: typeof one, n: number) =>
      crm.records.contact.write({ email: `ada.${round}.${n}@example.com`, firstName: "Ada", lastName: null }, soon());
    const written = await Promise.all(Array.from({ length: 10 }, async (_, n) => write(n % 2 === 0 ? one : two, n)));
    expect(written.filter(({ ok }) => !ok)).toEqual([]);
  }
  expect(sandbox.store.all("contacts").length).toBe(rounds * 10);
  expect(reports.some(({ code }) => code === "hubspot:401")).toBe(true);
  expect(server.requests).toHaveLength(rounds + 1);
  expect(server.reuses()).toBe(0);
});
