import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { initBlobStore, openBlobStore, type BlobStore } from "@inlet/blob-store";
import { readTenant } from "@inlet/config";
import { createCodec, createLocalSchemaIds, recordHeaders, schemaHeaderOf } from "@inlet/event-codec";
import type { KafkaRecord, NewRecord } from "@inlet/kafka";
import type { Arrival } from "@inlet/ledger";
import { topicIn, type RawEvent } from "@inlet/schemas";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ParserDeps } from "./intake/incoming-delivery.ts";
import { createBatchHandler } from "./intake/handle-batch.ts";
import { parse } from "./workers/parse-worker.ts";

const TENANT = `
name: Acme
mailboxes: { sales: { addresses: [sales@acme.example] } }
sources: { mime: { kind: raw-mime, secrets: [env:SECRET] } }
crm: { kind: hubspot, token: env:SECRET }
`;
const codec = createCodec({ registry: createLocalSchemaIds() });
let folder: string;
let root: string;
let blobs: BlobStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "inlet-unmounted-"));
  root = join(folder, "blobs");
  await initBlobStore(pathToFileURL(root).href);
  blobs = openBlobStore(pathToFileURL(root).href);
});
afterAll(async () => rm(folder, { recursive: true }));

it("L23: while the blob store is not mounted the partition pauses, and no email ends; mounted again, all are parsed", async () => {
  const { handle, produced } = parser();
  const records = [
    // One lies in the store, one has a file that goes there.
    await recordAt(0, await blobs.put("acme", Date.now(), mime("one", false))),
    await recordAt(1, mime("two", true)),
    await recordAt(2, await blobs.put("acme", Date.now(), mime("three", true))),
  ];

  // What is left of a mount point.
  await rename(root, `${root}.volume`);
  await mkdir(root);
  for (const batch of [records, records.slice(1), records])
    expect(await handle(batch)).toMatchObject({ processedThrough: null, pauseMs: expect.any(Number) });
  expect(produced).toEqual([]);
  expect(await readdir(root)).toEqual([]);

  await rm(root, { recursive: true });
  await rename(`${root}.volume`, root);
  expect(await handle(records)).toEqual({ processedThrough: 2n });
  const topic = topicIn("normalizedEvents", "shared");
  expect(produced.map((record) => record.topic)).toEqual([topic, topic, topic]);
});

function parser() {
  const produced: NewRecord[] = [];
  const env = { SECRET: "0123456789abcdef0123456789abcdef" };
  const { tenant } = readTenant("acme", TENANT, { where: "acme.yaml", env, baseDir: "/" });
  const deps = {
    codec,
    blobs,
    tenants: { get: () => tenant, isBroken: () => false },
    pool: { parse },
    verifySender: async () => ({ spf: null, dkim: null, dmarc: null }),
    scanner: null,
    producer: {
      send: async (record: NewRecord) => {
        produced.push(record);
        return { topic: record.topic, partition: 0, offset: BigInt(produced.length) };
      },
    },
    ledger: {
      accept: async (arrivals: readonly Arrival[]) =>
        arrivals.map(() => ({ state: "accepted", starts: 1, pass: 0, parsedAfter: 0 })),
      takeBackStarts: async () => {},
      nameEmail: async ({ emailKey }: { emailKey: string }) => emailKey,
      finish: async () => {},
      markParsed: async () => {},
    },
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    now: Date.now,
    random: () => 0.5,
    reach: () => {},
  } as unknown as ParserDeps;
  const handler = createBatchHandler(deps);
  const handle = async (records: readonly KafkaRecord[]) => handler(records, { signal: new AbortController().signal });
  return { handle, produced };
}

function mime(name: string, file: boolean): Buffer {
  const head = `From: ${name}@customers.example\r\nTo: sales@acme.example\r\nSubject: ${name}\r\nMessage-ID: <${name}@customers.example>\r\n`;
  if (!file) return Buffer.from(`${head}\r\nHello\r\n`);
  return Buffer.from(
    `${head}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b\r\nContent-Type: text/csv; name=${name}.csv\r\nContent-Disposition: attachment\r\n\r\na,b,${name}\r\n--b--\r\n`,
  );
}

async function recordAt(offset: number, body: RawEvent["body"]): Promise<KafkaRecord> {
  const eventId = `evt_${offset}`;
  const event: RawEvent = {
    eventId,
    tenantId: "acme",
    lane: "shared",
    receivedAt: Date.now(),
    source: { name: "mime", kind: "raw-mime", deliveryId: null, eventId: null, receivedAt: null },
    envelope: null,
    connection: null,
    contentType: "message/rfc822",
    body,
  };
  const ids = { tenant: "acme", eventId, lane: "shared", schema: schemaHeaderOf("RawEvent") };
  return {
    topic: topicIn("rawEvents", "shared"),
    partition: 0,
    offset: BigInt(offset),
    timestamp: Date.now(),
    key: Buffer.from(`acme/${eventId}`),
    value: await codec.encode("RawEvent", event),
    headers: recordHeaders(ids).map(([header, value]) => [header, Buffer.from(value)]),
  };
}
