import { readTenant, type TenantConfig } from "@inlet/config";
import { createSandbox, type Sandbox } from "@inlet/crm-sandbox";
import { createSink, type Sink } from "@inlet/crm-sink/src/sink.ts";
import { sinkDeps } from "@inlet/crm-sink/testing/sink-deps.ts";
import { buildRecord } from "@inlet/crm-sink/testing/emails.ts";
import { createInMemoryKafka, type InMemoryKafka } from "@inlet/kafka/testing";
import type { Producer } from "@inlet/kafka";
import { toReplayRequest, type Job, type Ledger, type ReplayFilter } from "@inlet/ledger";
import { ledgerOn, openMemoryDatabase, withoutWriting, type Database } from "@inlet/ledger/testing";
import { topicIn, type NormalizedEvent } from "@inlet/schemas";
import { vi } from "vitest";

const TOPIC = topicIn("normalizedEvents", "shared");

/** A whole sink over Kafka, ledger and CRM in memory, whose mail is read again. */
export interface ReplayingSink {
  readonly kafka: InMemoryKafka;
  readonly ledger: Ledger;
  readonly database: Database;
  readonly sandbox: Sandbox;
  /** Calls that the CRM got, by method and path, since it was last emptied. */
  readonly calls: string[];
  readonly deps: ReturnType<typeof sinkDeps>;
  /** The tenant's file, from now on. */
  map(tenant: string, text: string): TenantConfig;
  /** Sends emails through live; resolves when all have ended. */
  deliver(events: readonly NormalizedEvent[]): Promise<void>;
  /** Replays what the log has now; resolves when that has ended. */
  replay(filter?: ReplayFilter): Promise<Job>;
  ask(filter?: ReplayFilter): Promise<string>;
  ended(id: string): Promise<Job>;
  close(): Promise<void>;
}

export async function startReplayingSink(): Promise<ReplayingSink> {
  const database = await openMemoryDatabase();
  const ledger = ledgerOn(database);
  const kafka = createInMemoryKafka();
  const producer: Producer = await kafka.producer();
  const sandbox = createSandbox({ seed: false, searchLagMs: 0 });
  const calls: string[] = [];
  sandbox.app.addHook("onRequest", async ({ method, url }) => void calls.push(`${method} ${url.split("?")[0]}`));
  const baseUrl = await sandbox.app.listen({ host: "127.0.0.1", port: 0 });
  const tenants = new Map<string, TenantConfig>();
  const deps = sinkDeps(ledger, tenants, { producer });
  const dryLedger = { ...ledgerOn(withoutWriting(database)), grants: ledger.grants };
  const sink: Sink = createSink(kafka, deps, { dryLedger, lanes: ["shared"], concurrency: 16 });
  await sink.start();
  let made = 0;

  const self: ReplayingSink = {
    kafka,
    ledger,
    database,
    sandbox,
    calls,
    deps,
    map: (id, more) => {
      const text = `name: ${id}
sources: { web: { kind: signed-json, secrets: [env:SECRET] } }
${more.includes("mailboxes:") ? "" : "mailboxes: { sales: { addresses: [sales@inlet.example] } }"}
${more.replace("BASE_URL", baseUrl)}`;
      const env = { SECRET: "open-sesame-0123456789", CRM_TOKEN: "token" };
      const { tenant, faults } = readTenant(id, text, { where: `${id}.yaml`, env, baseDir: "/" });
      if (tenant === null) throw new Error(JSON.stringify(faults));
      tenants.set(id, tenant);
      return tenant;
    },
    deliver: async (events) => {
      for (const event of events) {
        const record = await buildRecord(deps.codec, event);
        await producer.send({ ...record, value: record.value as Buffer });
      }
      await vi.waitFor(
        async () => {
          const states = await Promise.all(
            events.map(async ({ tenantId, eventId }) => ledger.inspect.delivery(tenantId, eventId)),
          );
          const open = states.filter((row) => row?.endedAt == null);
          if (open.length > 0) throw new Error(`${open.length} have not ended`);
        },
        { timeout: 30_000, interval: 20 },
      );
    },
    ask: async (filter = {}) => {
      const admin = await kafka.admin();
      const offsets = await admin.topicOffsets(TOPIC);
      const ranges = offsets.map(({ partition, low, high }) => ({ partition, from: Number(low), to: Number(high) }));
      const id = `r${(made += 1)}`;
      const replay = { id, service: "crm-sink" as const, lane: "shared", topic: TOPIC, filter, ranges };
      await ledger.jobs.create(toReplayRequest(replay, { name: id, actor: "ada@desk", why: null, asked: {} }));
      return id;
    },
    ended: async (id) =>
      vi.waitFor(
        async () => {
          const job = await ledger.jobs.get(id);
          if (job?.endedAt == null) throw new Error(`the replay is ${job?.state}`);
          return job;
        },
        { timeout: 30_000, interval: 20 },
      ),
    replay: async (filter) => self.ended(await self.ask(filter)),
    close: async () => {
      await sink.stop();
      await deps.crms.close();
      await sandbox.app.close();
      await ledger.close();
    },
  };
  return self;
}
