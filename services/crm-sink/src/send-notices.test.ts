import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { ledgerOn, openMemoryDatabase } from "@inlet/ledger/testing";
import { afterEach, expect, test } from "vitest";
import type { SinkDeps } from "./email-try.ts";
import { sendNotices } from "./send-notices.ts";

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
  const database = await openMemoryDatabase();
  await database.query(`
    insert into notices (tenant, key, event_id, notice, body, due_at)
      select 'hangs', 'eml_' || i || '/r', 'evt_' || i, 'team', '{}', now() - interval '1 hour' from generate_series(1, 2000) i;
    insert into notices (tenant, key, event_id, notice, body)
      select 'answers', 'eml_' || i || '/r', 'evt_' || i, 'team', '{}' from generate_series(1, 40) i`);
  const secret = { reveal: () => [`whsec_${Buffer.from("a secret of some length").toString("base64")}`] };
  const told: string[] = [];
  const poller = sendNotices({
    ledger: ledgerOn(database),
    now: Date.now,
    log: { warn: (_fields: object, message: string) => told.push(message), error: () => {} },
    tenants: {
      get: (id: string) => ({ notices: new Map([["team", { url: (id === "hangs" ? hangs : answers).url, secret }]]) }),
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
  await database.close();
}, 90_000);
