import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { KafkaRecord } from "@inlet/kafka";
import { age, ledgerOn, openMemoryDatabase, type Database } from "@inlet/ledger/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { handleRecord } from "./intake/handle-record.ts";
import { serveDatabase } from "../testing/database-by-ipc.ts";
import { buildEmail, buildRecord } from "../testing/emails.ts";
import { sinkDeps } from "../testing/sink-deps.ts";
import type { SinkProcessSettings } from "../testing/sink-process.ts";

/**
 * L16: an email that ends the process whenever it is delivered (memory, a fault of the runtime). The sink is a process and dies by SIGKILL, again
 * and again; ledger and CRM live on in this one.
 */
const PROGRAM = new URL("../testing/sink-process.ts", import.meta.url);
/** Three among others, two alone. */
const KILLS = 5;
const NAMES = ["ada", "poison", "bob", "eve"];

let database: Database;
let ledger: ReturnType<typeof ledgerOn>;
let crm: Server;
const subjects: string[] = [];

beforeAll(async () => {
  database = await openMemoryDatabase();
  ledger = ledgerOn(database);
  crm = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      if (request.url?.endsWith("/activities") === true) subjects.push(`${request.url.split("/")[1]} ${body}`);
      response.writeHead(200, { "content-type": "application/json" }).end('{"id":"1"}');
    });
  });
  await new Promise<void>((resolve) => crm.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  crm.closeAllConnections();
  crm.close();
  await ledger.close();
});

describe("L16: an email that kills the sink", () => {
  it("read from Kafka: it goes alone, is dead-lettered in the end, and its tenant's other mail is written once", async () => {
    const records = await readRecords("fresh");
    let committed = 0;
    const kills = await killUntil("fresh", async (sink) => {
      sink.send({ records: records.slice(committed) });
      const [{ processedThrough }] = await said(sink, "processedThrough");
      committed = processedThrough === null ? committed : Number(processedThrough) + 1;
      return committed === records.length;
    });
    expect(kills).toBe(KILLS);
    await expectOnlyPoisonDead("fresh");
  }, 300_000);

  it("taken from the waiting mail: as well", async () => {
    // Its tenant's file was broken when it came.
    await acceptAll("waits");
    const broken = {
      get: () => undefined,
      isBroken: () => true,
      all: () => [],
      faults: () => [],
      close: async () => {},
    };
    const deps = sinkDeps(ledger, new Map(), { tenants: broken });
    for (const record of await readRecords("waits"))
      await handleRecord(deps, { from: "kafka", record, behindSlow: false, onKept: () => {} });
    expect(await getStates("waits")).toEqual(NAMES.map(() => "waiting"));
    const kills = await killUntil("waits", async (sink) => {
      // The leases of the one before have run out, and what waited is due.
      await age(database, 600_000);
      for (;;) {
        if (!(await getStates("waits")).includes("waiting")) return true;
        if (sink.signalCode !== null || sink.exitCode !== null) return false;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });
    expect(kills).toBe(KILLS);
    await expectOnlyPoisonDead("waits");
  }, 300_000);
});

/** Starts sinks, one after the other, until one lives to see `work` done; how many were killed before. */
async function killUntil(tenant: string, work: (sink: ChildProcess) => Promise<boolean>): Promise<number> {
  const poison = buildEmail(tenant, "poison").eventId;
  const { port } = crm.address() as AddressInfo;
  const settings: SinkProcessSettings = {
    tenant,
    crmUrl: `http://127.0.0.1:${port}/${tenant}`,
    killAt: `deliver:${poison}`,
  };
  for (let kills = 0; kills <= 2 * KILLS; kills += 1) {
    const sink = fork(PROGRAM, [JSON.stringify(settings)], { serialization: "advanced", execArgv: [] });
    serveDatabase(sink, database);
    const gone = once(sink, "close").then(([, signal]) => signal as string | null);
    const done = await Promise.race([work(sink), gone.then(() => false)]);
    if (!done) {
      expect(await gone).toBe("SIGKILL");
      continue;
    }
    sink.kill("SIGKILL");
    await gone;
    return kills;
  }
  throw new Error("it kills without end");
}

async function said(sink: ChildProcess, field: string): Promise<[{ processedThrough: bigint | null }]> {
  for (;;) {
    const [message] = (await once(sink, "message")) as [object];
    if (field in message) return [message as { processedThrough: bigint | null }];
  }
}

async function readRecords(tenant: string): Promise<KafkaRecord[]> {
  const { codec } = sinkDeps(ledger, new Map());
  return Promise.all(
    NAMES.map(async (name, index) =>
      buildRecord(codec, buildEmail(tenant, name), { partition: 0, offset: BigInt(index) }),
    ),
  );
}

/** As the parser leaves them: their rows are there. */
async function acceptAll(tenant: string): Promise<void> {
  const deliveries = NAMES.map((name) => buildEmail(tenant, name)).map(({ eventId, source, receivedAt }, index) => ({
    tenant,
    eventId,
    lane: "shared",
    source: source.name,
    sourceKind: source.kind,
    sourceDeliveryId: null,
    sourceEventId: null,
    topic: "raw-events",
    partition: 0,
    offset: BigInt(index),
    pass: 0,
    receivedAt,
    traceId: null,
  }));
  await ledger.deliveries.accept(deliveries, Date.now());
}

async function getStates(tenant: string): Promise<(string | undefined)[]> {
  const keys = NAMES.map((name) => ({ tenant, eventId: buildEmail(tenant, name).eventId }));
  const states = await ledger.inspect.states(keys);
  return keys.map(({ eventId }) => states.get(`${tenant}/${eventId}`));
}

async function expectOnlyPoisonDead(tenant: string): Promise<void> {
  expect(await getStates(tenant)).toEqual(NAMES.map((name) => (name === "poison" ? "dead_lettered" : "written")));
  expect(await ledger.inspect.delivery(tenant, buildEmail(tenant, "poison").eventId)).toMatchObject({
    reason: "crashed_process",
  });
  const written = subjects.filter((subject) => subject.startsWith(`${tenant} `)).toSorted();
  expect(written).toEqual(["ada", "bob", "eve"].map((name) => `${tenant} {"subject":"Offer for ${name}"}`));
}
