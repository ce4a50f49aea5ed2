import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { age, ledgerOn, openMemoryDatabase, type Database } from "@inlet/ledger/testing";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { SinkDeps } from "../attempt.ts";
import { sendNotifications } from "./send-notifications.ts";

let database: Database;
beforeAll(async () => {
  database = await openMemoryDatabase();
});
afterAll(async () => database.close());

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

async function receiver(answers: boolean): Promise<{ url: string; received: string[] }> {
  const received: string[] = [];
  const server = createServer((request, response) => {
    received.push(String(request.headers["webhook-id"]));
    if (answers) response.writeHead(204).end();
  }).listen(0);
  servers.push(server);
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, received };
}

test("L15: two thousand notices to a receiver that hangs hold up no other tenant's", async () => {
  const [hangs, answers] = [await receiver(false), await receiver(true)];
  await database.query(`
    insert into notices (tenant, key, event_id, notice, body, due_at)
      select 'hangs', 'eml_' || i || '/r', 'evt_' || i, 'team', '{}', now() - interval '1 hour' from generate_series(1, 2000) i;
    insert into notices (tenant, key, event_id, notice, body)
      select 'answers', 'eml_' || i || '/r', 'evt_' || i, 'team', '{}' from generate_series(1, 40) i`);
  const secret = { reveal: () => [`whsec_${Buffer.from("a secret of some length").toString("base64")}`] };
  const told: string[] = [];
  const poller = sendNotifications({
    ledger: ledgerOn(database),
    now: Date.now,
    log: { warn: (_fields: object, message: string) => told.push(message), error: () => {} },
    tenants: {
      get: (id: string) => ({
        notifications: new Map([["team", { url: (id === "hangs" ? hangs : answers).url, secret }]]),
      }),
    },
  } as unknown as SinkDeps);
  const sent = async (): Promise<number> =>
    (
      await database.query<{ n: number }>(
        "select count(*) as n from notices where tenant = 'answers' and ended_at is not null",
      )
    )[0]?.n ?? 0;
  await expect.poll(sent, { timeout: 60_000 }).toBe(40);
  expect(new Set(answers.received).size).toBe(40);
  expect(hangs.received.length).toBeGreaterThan(0);
  expect(told).toEqual([]);
  for (const server of servers) server.closeAllConnections();
  await poller.stop();
  await database.query("delete from notices");
}, 90_000);

test("a notice that the tenant's file no longer has is given up, loudly", async () => {
  await database.query(
    "insert into notices (tenant, key, event_id, notice, body) values ('globex', 'eml_1/r', 'evt_1', 'team', '{}')",
  );
  const lines: object[] = [];
  const poller = sendNotifications({
    ledger: ledgerOn(database),
    now: Date.now,
    log: { warn: () => {}, error: (fields: object) => void lines.push(fields) },
    tenants: { isBroken: () => false, get: () => ({ notifications: new Map() }) },
  } as unknown as SinkDeps);
  await expect.poll(() => lines, { timeout: 60_000 }).toMatchObject([{ code: "notice_given_up", tenant: "globex" }]);
  await poller.stop();
  await database.query("delete from notices where tenant = 'globex'");
}, 90_000);

test("N2: a notice of a tenant whose file is broken is kept until the file is repaired, and then sent", async () => {
  const team = await receiver(true);
  await database.query(
    "insert into notices (tenant, key, event_id, notice, body) values ('acme', 'eml_1/r', 'evt_1', 'team', '{}')",
  );
  let broken = true;
  const secret = { reveal: () => [`whsec_${Buffer.from("a secret of some length").toString("base64")}`] };
  const poller = sendNotifications({
    ledger: ledgerOn(database),
    now: Date.now,
    log: { warn: () => {}, error: () => {} },
    tenants: {
      isBroken: () => broken,
      get: () => (broken ? undefined : { notifications: new Map([["team", { url: team.url, secret }]]) }),
    },
  } as unknown as SinkDeps);
  const row = async (): Promise<{ attempts: number; ended: boolean } | undefined> =>
    (
      await database.query<{ attempts: number; ended: boolean }>(
        // What is being sent is due again only after its lease.
        "select attempts, ended_at is not null as ended from notices where tenant = 'acme' and due_at < now() + interval '29 s'",
      )
    )[0];
  // A week: far beyond the age at which a receiver that is away is not told any more.
  for (const attempts of [1, 2] as const) {
    await expect.poll(row, { timeout: 30_000 }).toEqual({ attempts, ended: false });
    await age(database, 7 * 86_400_000);
  }
  broken = false;
  await expect.poll(async () => (await row())?.ended, { timeout: 30_000 }).toBe(true);
  expect(team.received).toHaveLength(1);
  await poller.stop();
}, 90_000);
