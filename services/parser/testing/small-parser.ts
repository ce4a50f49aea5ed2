import type { BlobStore } from "@inlet/blob-store";
import { readTenant } from "@inlet/config";
import { createCodec, createLocalSchemaIds, recordHeaders, buildSchemaHeader } from "@inlet/event-codec";
import type { KafkaRecord, NewRecord } from "@inlet/kafka";
import type { IncomingDelivery } from "@inlet/ledger";
import { topicIn, type RawEvent } from "@inlet/schemas";
import { createBatchHandler } from "../src/intake/handle-batch.ts";
import type { ParserDeps } from "../src/intake/incoming-delivery.ts";
import { parse } from "../src/workers/parse-worker.ts";

const TENANT = `
name: Acme
mailboxes: { sales: { addresses: [sales@acme.example] } }
sources: { mime: { kind: raw-mime, secrets: [env:SECRET] }, mail: { kind: smtp } }
crm: { kind: hubspot, token: env:SECRET }
`;
export const codec = createCodec({ registry: createLocalSchemaIds() });

/** A whole parser in this process, but for its workers: what it produced lies in `produced`. @param over parts that are to be others */
export function smallParser(blobs: BlobStore, over: Partial<ParserDeps> = {}) {
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
    searchKey: null,
    producer: {
      send: async (record: NewRecord) => {
        produced.push(record);
        return { topic: record.topic, partition: 0, offset: BigInt(produced.length) };
      },
    },
    ledger: {
      deliveries: {
        accept: async (deliveries: readonly IncomingDelivery[]) =>
          deliveries.map(() => ({ state: "accepted", starts: 1, pass: 0, parsedAfter: 0, erased: false })),
        takeBackStarts: async () => {},
        nameEmail: async ({ emailKey }: { emailKey: string }) => emailKey,
        finish: async () => {},
        markParsed: async () => {},
      },
      erasures: { wasErased: async () => false },
      lifecycle: { noteBlobUse: async () => null },
    },
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    now: Date.now,
    random: () => 0.5,
    failpoint: () => {},
    ...over,
  } as unknown as ParserDeps;
  const handler = createBatchHandler(deps);
  const handle = async (records: readonly KafkaRecord[]) =>
    handler(records, { signal: new AbortController().signal, endOffset: 0n });
  return { deps, handle, produced };
}

/** A record of `raw-events` as the gateway makes it. */
export async function rawRecord(
  offset: number,
  body: RawEvent["body"],
  over: Partial<RawEvent> = {},
): Promise<KafkaRecord> {
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
    ...over,
  };
  const ids = { tenant: "acme", eventId, lane: "shared", schema: buildSchemaHeader("RawEvent") };
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
