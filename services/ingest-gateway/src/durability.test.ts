import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BlobStoreUnavailableError, initBlobStore, openBlobStore } from "@inlet/blob-store";
import { RegistryUnavailableError } from "@inlet/event-codec";
import { KafkaUnavailableError, ProducerQueueFullError } from "@inlet/kafka";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startTestGateway } from "../testing/test-gateway.ts";
import type { TestGateway } from "../testing/test-gateway.ts";

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway.app.close());

const email = { eventId: "evt-1", subject: "Hi" };

describe("durability", () => {
  test("a large body goes to the blob store before the record that names it", async () => {
    const large = { eventId: "evt-large", text: "x".repeat(800 * 1024) };
    let storedBefore = 0;
    gateway.producer.gate = async () => {
      storedBefore = gateway.blobs.keys().length;
    };
    expect((await gateway.postJson(large)).statusCode).toBe(202);
    expect(storedBefore).toBe(1);
    const [event] = await gateway.events();
    const body = event?.body;
    if (body === undefined || Buffer.isBuffer(body)) throw new Error("the body is inline");
    expect(await gateway.blobs.get(body)).toEqual(Buffer.from(JSON.stringify(large)));
    expect(gateway.producer.sent[0]?.value.length).toBeLessThan(2000);
  });

  test("the blob store away: 503, and no record", async () => {
    gateway.blobs.setUnavailable(true);
    const response = await gateway.postJson({ eventId: "evt-large", text: "x".repeat(800 * 1024) });
    expect(response.json()).toMatchObject({ status: 503, code: "storage_unavailable" });
    expect(gateway.producer.sent).toEqual([]);
  });

  test.each([
    ["Kafka is away", new KafkaUnavailableError("no answer"), "storage_unavailable"],
    ["the queue is full", new ProducerQueueFullError("full"), "overloaded"],
    ["the blob store is away", new BlobStoreUnavailableError("away"), "storage_unavailable"],
    ["the registry is away", new RegistryUnavailableError("away"), "storage_unavailable"],
  ])("%s: 503 with Retry-After; when it is back the retry is accepted as new", async (_what, error, code) => {
    gateway.producer.gate = () => Promise.reject(error);
    const refused = await gateway.postJson(email);
    expect(refused.json()).toMatchObject({ status: 503, code });
    expect(Number(refused.headers["retry-after"])).toBeGreaterThanOrEqual(5);
    expect(refused.body).not.toContain(error.message);
    gateway.producer.gate = () => Promise.resolve();
    expect((await gateway.postJson(email)).json()).toMatchObject({ duplicate: false });
    expect(gateway.producer.sent).toHaveLength(1);
  });

  test("the registry away at start: 503 until it is back; away later: no matter", async () => {
    gateway.registry.setUnavailable(true);
    expect((await gateway.postJson(email)).statusCode).toBe(503);
    gateway.registry.setUnavailable(false);
    expect((await gateway.postJson(email)).statusCode).toBe(202);
    gateway.registry.setUnavailable(true);
    expect((await gateway.postJson({ eventId: "evt-2" })).statusCode).toBe(202);
  });

  test("no acknowledgement within the deadline: 503", async () => {
    await gateway.app.close();
    gateway = await startTestGateway({ deadlineMs: 20 });
    gateway.producer.gate = () => new Promise<never>(() => undefined);
    expect((await gateway.postJson(email)).json()).toMatchObject({ status: 503, code: "storage_unavailable" });
  });

  test("a fault of our own is 500 and shows nothing of its inside", async () => {
    gateway.producer.gate = () => Promise.reject(new TypeError("secret inside"));
    const response = await gateway.postJson(email);
    expect(response.json()).toEqual({
      type: "urn:inlet:problem:internal_error",
      title: "The gateway failed",
      status: 500,
      code: "internal_error",
    });
  });
});

describe("duplicates", () => {
  test("the same delivery again is acknowledged and not published again", async () => {
    const first = await gateway.postJson(email);
    const again = await gateway.postJson({ ...email, subject: "retried" });
    expect(again.statusCode).toBe(202);
    expect(again.json()).toEqual({ ...first.json<object>(), duplicate: true });
    expect(gateway.producer.sent).toHaveLength(1);
  });

  test("a twin that comes while the first is under way waits for it", async () => {
    const acknowledged = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    gateway.producer.gate = () => {
      arrived.resolve();
      return acknowledged.promise;
    };
    const first = gateway.postJson(email);
    await arrived.promise;
    const twin = gateway.postJson(email);
    acknowledged.resolve();
    expect((await first).json()).toMatchObject({ duplicate: false });
    expect((await twin).json()).toMatchObject({ duplicate: true });
    expect(gateway.producer.sent).toHaveLength(1);
  });
});

describe("L23: a blob store that is not mounted", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "inlet-unmounted-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("mail that needs it gets 503, and nothing is written there; once it is marked, all is well", async () => {
    const root = join(folder, "blobs");
    await mkdir(root);
    const blobs = openBlobStore(pathToFileURL(root).href);
    await gateway.app.close();
    gateway = await startTestGateway({ blobs });
    const large = { eventId: "evt-large", text: "x".repeat(800 * 1024) };

    const refused = await gateway.postJson(large);
    expect(refused.headers["content-type"]).toContain("application/problem+json");
    expect(refused.json()).toMatchObject({ status: 503, code: "storage_unavailable" });
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect(gateway.producer.sent).toEqual([]);
    expect(await readdir(root)).toEqual([]);
    // What Kafka takes by itself goes on.
    expect((await gateway.postJson(email)).statusCode).toBe(202);

    await initBlobStore(pathToFileURL(root).href);
    expect((await gateway.postJson(large)).json()).toMatchObject({ duplicate: false });
  });
});
