import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { TenantConfig } from "@inlet/config";
import { createInMemoryKafka, type InMemoryKafka } from "@inlet/kafka/testing";
import { toLaneMoveRequest, type Ledger } from "@inlet/ledger";
import { ledgerOn, openMemoryDatabase, type Database, withoutWriting } from "@inlet/ledger/testing";
import { buildConversationId } from "@inlet/schemas";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { SinkDeps } from "./attempt.ts";
import { createSink, type Sink } from "./sink.ts";
import { buildEmail, buildRecord, httpTenant } from "../testing/emails.ts";
import { sinkDeps } from "../testing/sink-deps.ts";

let crm: Server;
let written: string[];
let refused: boolean;
let kafka: InMemoryKafka;
let database: Database;
let ledger: Ledger;
let tenants: Map<string, TenantConfig>;
let tenant: TenantConfig;
const running: { readonly sink: Sink; readonly deps: SinkDeps }[] = [];
let killAt: string | null;

beforeEach(async () => {
  written = [];
  refused = false;
  killAt = null;
  crm = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const activity = request.url === "/activities";
      if (refused && activity) {
        response.writeHead(503).end();
        return;
      }
      if (activity) written.push((JSON.parse(body) as { subject: string }).subject.replace("Offer for ", ""));
      response.writeHead(200, { "content-type": "application/json" }).end(`{"id":"${written.length}"}`);
    });
  });
  await new Promise<void>((resolve) => crm.listen(0, "127.0.0.1", resolve));
  kafka = createInMemoryKafka({ lanes: ["shared", "acme"] });
  database = await openMemoryDatabase();
  ledger = ledgerOn(database);
  tenant = httpTenant("acme", `http://127.0.0.1:${(crm.address() as AddressInfo).port}`);
  tenants = new Map([["acme", tenant]]);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map(async ({ sink, deps }) => sink.stop().then(async () => deps.crms.close())));
  await ledger.close();
  crm.close();
});

/** A sink of one lane; it can be killed in the middle of ending a move. */
async function start(lane: string, instance: string): Promise<void> {
  const deps = sinkDeps(ledger, tenants, {
    instance,
    producer: await kafka.producer(),
    failpoint: (point) => {
      if (point !== killAt) return;
      killAt = null;
      throw new Error("killed");
    },
  });
  const dryLedger = { ...ledgerOn(withoutWriting(database)), grants: ledger.grants };
  const options = { dryLedger, lanes: [lane], concurrency: 8, laneMoves: { quietMs: 0, lookMs: 20 } };
  const sink = createSink(kafka, deps, options);
  sink.failed.catch(() => {});
  running.push({ sink, deps });
  await sink.start();
}

/** Emails of conversations, as the parser produces them into a lane. */
async function send(lane: string, ...names: readonly string[]): Promise<void> {
  const producer = await kafka.producer();
  const { codec } = sinkDeps(ledger, tenants);
  for (const name of names) {
    const conversationId = buildConversationId("acme", name.split(".")[0] ?? "");
    const record = await buildRecord(codec, buildEmail("acme", name, { lane, conversationId, receivedAt: 1 }));
    const topic = lane === "shared" ? "normalized-events" : `normalized-events.${lane}`;
    await producer.send({ topic, key: record.key, value: record.value as Buffer, headers: record.headers });
  }
  await producer.close();
}

const move = async (from: string, to: string) =>
  ledger.jobs.create(toLaneMoveRequest({ tenant: "acme", from, to }, { id: "move", actor: "ana", why: null }));
const waiting = async (code: string) =>
  (await ledger.waiting.list({ tenant: "acme", reason: code }, 100)).map(({ eventId }) => eventId).length;
const until = async (check: () => Promise<void>) => vi.waitFor(check, { timeout: 60_000, interval: 20 });
const orderIn = (conversation: string) => written.filter((name) => name.startsWith(`${conversation}.`));

it.each([
  ["to a lane of its own", "shared", "acme"],
  ["back to the shared lane", "acme", "shared"],
])(
  "mail that comes while its tenant moves %s is held until the old lane is drained, then written once, in order",
  async (_, from, to) => {
    await send(from, "a.1", "b.1");
    await start(from, "old/1");
    await until(async () => expect(written.length).toBe(2));
    await kafka.faults.killConsumers(from === "shared" ? "crm-sink" : "crm-sink.acme");

    // The old lane stands still with mail in it when the new one gets the first.
    await send(from, "a.2", "b.2");
    await move(from, to);
    tenants.set("acme", { ...tenant, lane: to });
    await send(to, "a.3", "b.3", "c.1");
    await start(to, "new/1");
    await until(async () => expect(await waiting("lane_moving")).toBe(3));
    await until(async () =>
      expect((await ledger.jobs.get("move"))?.results).toMatchObject({ delivering: expect.any(Number) }),
    );
    expect(written.toSorted()).toEqual(["a.1", "b.1"]);

    // Its sink dies between letting the held go and ending the move; another one of it carries on.
    killAt = "after-lane-drained";
    await start(from, "old/2");
    await until(async () => expect((await ledger.jobs.get("move"))?.holder ?? "").toBe("new/1"));
    await until(async () => expect(killAt).toBeNull());
    await database.query("update jobs set lease_until = clock_timestamp()");
    await send(to, "a.4");
    await until(async () => expect((await ledger.jobs.get("move"))?.state).toBe("done"));
    await until(async () => expect(written.length).toBe(8));
    expect([orderIn("a"), orderIn("b"), orderIn("c")]).toEqual([
      ["a.1", "a.2", "a.3", "a.4"],
      ["b.1", "b.2", "b.3"],
      ["c.1"],
    ]);
  },
  120_000,
);

it("an email of the old lane that its CRM refuses for now still comes before what was held of its conversation", async () => {
  refused = true;
  await move("shared", "acme");
  tenants.set("acme", { ...tenant, lane: "acme" });
  await send("acme", "a.2");
  await start("acme", "new/1");
  // The old lane's readers are away: the move waits for them.
  await send("shared", "a.1");
  await until(async () => expect(await waiting("lane_moving")).toBe(1));
  await start("shared", "old/1");
  await until(async () => expect((await ledger.jobs.get("move"))?.state).toBe("done"));
  expect(written).toEqual([]);
  // What waits of the old lane is the new one's by now.
  const lanes = (await ledger.waiting.list({ tenant: "acme" }, 10)).map(({ lane }) => lane);
  expect(new Set(lanes)).toEqual(new Set(["acme"]));
  refused = false;
  await until(async () => {
    await ledger.waiting.act({ tenant: "acme" }, { act: "retry", actor: "ana", why: null });
    await database.query("update circuits set probe_at = clock_timestamp()");
    await database.query("update effects set settle_after = clock_timestamp()");
    expect(written).toEqual(["a.1", "a.2"]);
  });
}, 120_000);
