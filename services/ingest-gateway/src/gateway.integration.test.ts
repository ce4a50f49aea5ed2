import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { initBlobStore, openBlobStore } from "@inlet/blob-store";
import { processEnvironment } from "@inlet/config";
import { createCodec, createRegistry, resolveBody } from "@inlet/event-codec";
import { createKafka, headerText } from "@inlet/kafka";
import type { Admin, KafkaRecord } from "@inlet/kafka";
import { HEADER, SHARED_LANE, buildEventId, topicIn } from "@inlet/schemas";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../testing/free-port.ts";
import { DEMO_VALUES, startGatewayProcess, stop, untilReady, untilStatus } from "../testing/gateway-process.ts";
import type { GatewayProcess } from "../testing/gateway-process.ts";
import { signedHeaders } from "../testing/sign.ts";

/** The real process against the real Kafka and registry of the local stack, as the demo tenant's senders see it. */

const secret = DEMO_VALUES["DEMO_SIGNED_JSON_SECRET"] ?? "";
const run = `${Date.now()}`;
const silent = { debug() {}, info() {}, warn() {}, error() {} };

let dir: string;
let gateway: GatewayProcess;
let admin: Admin;
const env = processEnvironment();
const start = async (change: Record<string, string> = {}): Promise<GatewayProcess> => startGatewayProcess(dir, change);

function post(body: string, headers: Record<string, string> = {}, to = gateway): Promise<Response> {
  return fetch(`${to.url}/v1/inbound/demo/signed-json`, {
    method: "POST",
    headers: { "content-type": "application/json", ...signedHeaders(secret, body, Date.now()), ...headers },
    body,
  });
}

async function readRecords(eventId: string): Promise<KafkaRecord[]> {
  const found: KafkaRecord[] = [];
  for await (const record of admin.readAll(topicIn("rawEvents", SHARED_LANE))) {
    if (headerText(record.headers, HEADER.eventId) === eventId) found.push(record);
  }
  return found;
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "inlet-gateway-"));
  const brokers = (env["KAFKA_BROKERS"] ?? "").split(",");
  admin = await createKafka({ brokers, ssl: false, sasl: null, clientId: "gateway-test", log: silent }).admin();
  await initBlobStore(pathToFileURL(join(dir, "blobs")).href);
  gateway = await start();
  await untilReady(gateway);
});
afterAll(async () => {
  await stop(gateway);
  await admin.close();
  await rm(dir, { recursive: true });
});

describe("the gateway's process", () => {
  test("acknowledges what is on the topic, and a second time as a duplicate", async () => {
    const body = JSON.stringify({ eventId: `evt-${run}`, subject: "Hi" });
    const eventId = buildEventId("demo", "signed-json", `evt-${run}`);
    const first = await post(body, { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" });
    expect([first.status, await first.json()]).toEqual([202, { eventId, duplicate: false }]);
    expect(await (await post(body)).json()).toEqual({ eventId, duplicate: true });
    const records = await readRecords(eventId);
    expect(records).toHaveLength(1);
    const [record] = records;
    expect(headerText(record?.headers ?? [], HEADER.traceparent)).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-/);
    const codec = createCodec({ registry: createRegistry({ url: env["SCHEMA_REGISTRY_URL"] ?? "", auth: null }) });
    const event = await codec.decode("RawEvent", record?.value ?? Buffer.alloc(0));
    expect(event).toMatchObject({ eventId, tenantId: "demo", body: Buffer.from(body) });
  });

  test("15 MB come by reference to the blob store", async () => {
    const body = JSON.stringify({ eventId: `large-${run}`, text: "x".repeat(15 * 1024 * 1024) });
    expect((await post(body)).status).toBe(202);
    const [record] = await readRecords(buildEventId("demo", "signed-json", `large-${run}`));
    const codec = createCodec({ registry: createRegistry({ url: env["SCHEMA_REGISTRY_URL"] ?? "", auth: null }) });
    const event = await codec.decode("RawEvent", record?.value ?? Buffer.alloc(0));
    const blobs = openBlobStore(pathToFileURL(join(dir, "blobs")).href);
    expect((await resolveBody(event.body, blobs)).equals(Buffer.from(body))).toBe(true);
  });

  test("is ready, says so with its checks, and counts", async () => {
    const { checks } = await untilReady(gateway);
    expect(Object.values(checks).every(({ ok }) => ok)).toBe(true);
    const text = await (await fetch(`${gateway.opsUrl}/metrics`)).text();
    expect(text).toMatch(/inlet_ingest_requests_total\{tenant="demo",source="signed-json",code="202"\} [1-9]/);
  });

  test("frozen while it takes an email it holds up no one: another takes it, and once it goes on it is the same email", async () => {
    const other = await start();
    try {
      await untilReady(other);
      const body = JSON.stringify({ eventId: `frozen-${run}`, text: "x".repeat(15 * 1024 * 1024) });
      const eventId = buildEventId("demo", "signed-json", `frozen-${run}`);
      const late = post(body);
      await setImmediate();
      gateway.child.kill("SIGSTOP");
      const retried = await post(body, {}, other);
      expect([retried.status, await retried.json()]).toEqual([202, { eventId, duplicate: false }]);
      gateway.child.kill("SIGCONT");
      expect([(await late).status, await (await late).json()]).toEqual([202, { eventId, duplicate: false }]);
      const records = await readRecords(eventId);
      expect(new Set(records.map(({ key }) => key?.toString())).size).toBe(1);
    } finally {
      gateway.child.kill("SIGCONT");
      await stop(other);
    }
  });

  test("logs neither secrets nor bodies", () => {
    const log = gateway.lines.join("\n");
    expect(log).toContain("delivery accepted");
    expect(log).not.toContain(secret);
    expect(log).not.toContain('"subject"');
  });
});

test("Kafka and registry away at start: it starts, is not ready, answers 503 with Retry-After, and ends on SIGTERM", async () => {
  const dead = `127.0.0.1:${await freePort()}`;
  const alone = await start({ KAFKA_BROKERS: dead, SCHEMA_REGISTRY_URL: `http://${dead}` });
  try {
    await untilStatus(alone, "/healthz", 200);
    const ready = await fetch(`${alone.opsUrl}/readyz`);
    expect(ready.status).toBe(503);
    const body = JSON.stringify({ eventId: "evt-1" });
    const response = await fetch(`${alone.url}/v1/inbound/demo/signed-json`, {
      method: "POST",
      headers: { "content-type": "application/json", ...signedHeaders(secret, body, Date.now()) },
      body,
    });
    expect(await response.json()).toMatchObject({ status: 503, code: "storage_unavailable" });
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThanOrEqual(5);
  } finally {
    expect(await stop(alone)).toBe(0);
  }
});

test("missing settings are named, all at once, and the process ends", async () => {
  const broken = await start({ KAFKA_BROKERS: "", BLOB_STORE_URL: "" });
  const [code] = (await once(broken.child, "close")) as [number];
  expect(code).toBe(1);
  expect(broken.lines.map((line) => line.split(":")[0])).toEqual(["KAFKA_BROKERS", "BLOB_STORE_URL"]);
});
