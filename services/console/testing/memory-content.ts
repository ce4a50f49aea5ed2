import { createMemoryBlobStore, type MemoryBlobStore } from "@inlet/blob-store";
import { normalize, parseMime } from "@inlet/email";
import { buildSchemaHeader, createCodec, createLocalSchemaIds, recordHeaders } from "@inlet/event-codec";
import { createInMemoryKafka, type InMemoryKafka } from "@inlet/kafka/testing";
import type { Database } from "@inlet/ledger/testing";
import { topicIn, type NormalizedEvent } from "@inlet/schemas";
import type { ContentDeps } from "../src/content/content-deps.ts";
import { createKafkaContent } from "../src/content/kafka-content.ts";
import { createViewLimit } from "../src/content/view-limit.ts";

export const SIGNING_KEY = "a-key-of-a-test-0123456789-0123456789";

/** The content of emails over Kafka and blobs in memory, read by the very code that reads the real ones. */
export interface MemoryContent extends ContentDeps {
  readonly kafka: InMemoryKafka;
  readonly blobs: MemoryBlobStore;
  /** Puts an email onto the topics as parser and gateway do, and its places into its row. `verdicts`: of its files, in their order; others are clean. */
  putEmail(
    database: Database,
    email: {
      readonly tenant: string;
      readonly eventId: string;
      readonly mime: string;
      readonly verdicts?: readonly string[];
    },
    change?: (event: NormalizedEvent) => NormalizedEvent,
  ): Promise<void>;
}

export function createMemoryContent(change: Partial<ContentDeps> = {}): MemoryContent {
  const kafka = createInMemoryKafka();
  const blobs = createMemoryBlobStore();
  const codec = createCodec({ registry: createLocalSchemaIds() });
  return {
    kafka,
    blobs,
    store: createKafkaContent({ reader: kafka.reader(), codec, blobs, now: () => 10_000 }),
    needsReason: () => false,
    limit: createViewLimit(() => 0),
    keys: [SIGNING_KEY],
    fetchImage: async () => ({ kind: "refused", why: "no_answer" }),
    ...change,
    putEmail: async (database, { tenant, eventId, mime, verdicts = [] }, changeEvent = (event) => event) => {
      const bytes = Buffer.from(mime);
      const source = { name: "web", kind: "raw-mime", deliveryId: null, eventId: null, receivedAt: null };
      const ids = { eventId, tenantId: tenant, lane: "shared", receivedAt: 1_000, source, envelope: null };
      const parsed = await parseMime(bytes);
      if (!parsed.ok) throw new Error(parsed.fault.message);
      const attachments = parsed.email.attachments.map((file, index) => ({
        ...file,
        verdict: verdicts[index] ?? "clean",
      }));
      const stored = await Promise.all(
        attachments
          .filter(({ verdict }) => verdict === "clean" || verdict === "unscanned")
          .map(async (file) => [file.sha256, await blobs.put(tenant, 1_000, file.bytes ?? Buffer.alloc(0))] as const),
      );
      const event = changeEvent(
        normalize(
          { ...parsed.email, attachments },
          { ...ids, parsedAt: 2_000, mailboxes: [], rawRef: null, blobs: new Map(stored) },
        ),
      );
      const producer = await kafka.producer();
      const headers = (schema: "RawEvent" | "NormalizedEvent") =>
        recordHeaders({ tenant, eventId, lane: "shared", schema: buildSchemaHeader(schema) });
      const raw = await producer.send({
        topic: topicIn("rawEvents", "shared"),
        key: tenant,
        value: await codec.encode("RawEvent", { ...ids, connection: null, contentType: "message/rfc822", body: bytes }),
        headers: headers("RawEvent"),
      });
      const normalized = await producer.send({
        topic: topicIn("normalizedEvents", "shared"),
        key: tenant,
        value: await codec.encode("NormalizedEvent", event),
        headers: headers("NormalizedEvent"),
      });
      await producer.close();
      await database.query(
        `update deliveries set raw_topic = $3, raw_partition = $4, raw_offset = $5, normalized_topic = $6, normalized_partition = $7,
           normalized_offset = $8, parsed_at = 2000 where tenant = $1 and event_id = $2`,
        [
          tenant,
          eventId,
          ...[raw, normalized].flatMap(({ topic, partition, offset }) => [topic, partition, Number(offset)]),
        ],
      );
    },
  };
}
