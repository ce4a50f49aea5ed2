import type { BlobStore } from "@inlet/blob-store";
import { openOwned, readRecordHeaders, resolveBody, resolveHeaders, resolveText, type Codec } from "@inlet/event-codec";
import type { KafkaRecord, RecordReader } from "@inlet/kafka";
import { withTimeout } from "@inlet/resilience";
import { TOPICS, type NormalizedEvent, type ValueOf } from "@inlet/schemas";
import pLimit from "p-limit";
import type { Absent, ContentPlaces, ContentStore, EmailReading } from "./content-store.ts";

export interface KafkaContentDeps {
  readonly reader: Pick<RecordReader, "read">;
  readonly codec: Codec;
  readonly blobs: Pick<BlobStore, "get">;
  readonly now: () => number;
  /** Longest that one reading may take, ms. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 6_000;
/** So long after Kafka did not answer it is not asked, ms: no page waits for what the one before has just waited for. */
const REST_MS = 5_000;
/** Readings at once: each may hold an email of 50 MB. */
const MOST_AT_ONCE = 3;

type Place = NonNullable<ContentPlaces["raw"]>;
type Part = "text" | "html" | "headers";

/** Content from the topics and the blob store. Nothing is asked of Kafka before the first reading. */
export function createKafkaContent({
  reader,
  codec,
  blobs,
  now,
  timeoutMs = TIMEOUT_MS,
}: KafkaContentDeps): ContentStore {
  const limit = pLimit(MOST_AT_ONCE);
  let awayUntil = 0;

  /** Of the records at these places the first that is still there and holds what is asked for. */
  async function findRecord(name: keyof ValueOf, places: readonly (Place | null)[]): Promise<KafkaRecord | null> {
    const at = places.flatMap((place) => (place === null ? [] : [{ ...place, offset: BigInt(place.offset) }]));
    if (at.length === 0) return null;
    if (now() < awayUntil) throw new AwayError("Kafka");
    const records = await withTimeout(timeoutMs, reader.read(at), () => {
      throw new AwayError("Kafka");
    }).catch((error: unknown) => {
      awayUntil = now() + REST_MS;
      throw (error as Error).name === "KafkaUnavailableError" ? new AwayError("Kafka") : error;
    });
    return records.find((record) => record !== null && isNamed(name, record)) ?? null;
  }

  async function open<N extends "RawEvent" | "NormalizedEvent">(
    name: N,
    { tenant, eventId }: ContentPlaces,
    record: KafkaRecord,
  ): Promise<ValueOf[N] | null> {
    const owned = await openOwned(codec, name, record);
    return owned.kind === "event" && owned.tenant === tenant && owned.eventId === eventId ? owned.event : null;
  }

  async function resolveParts(event: NormalizedEvent): Promise<EmailReading> {
    const lost: Part[] = [];
    const keep = async <T>(part: Part, reading: Promise<T>, otherwise: T): Promise<T> =>
      reading.catch((error: unknown) => {
        if ((error as Error).name !== "BlobMissingError") throw error;
        lost.push(part);
        return otherwise;
      });
    const store = blobs as BlobStore;
    const text = await keep("text", resolveText(event.text, store), null);
    const html = await keep("html", resolveText(event.html, store), null);
    const headers = await keep("headers", resolveHeaders(event.headers, store), []);
    return { kind: "email", event, text, html, headers, lost };
  }

  const read = async <T>(work: () => Promise<T>): Promise<T | Absent> =>
    limit(work).catch((error: unknown) => toAbsent(error as Error));

  return {
    readEmail: async (places) =>
      read(async () => {
        if (places.normalized === null) return { kind: "not_parsed" };
        const record = await findRecord("NormalizedEvent", [places.normalized, places.deadLetter]);
        if (record === null) return goneFromKafka(places.parsedAt ?? places.receivedAt, "normalizedEvents");
        const event = await open("NormalizedEvent", places, record);
        return event === null ? { kind: "unreadable" } : resolveParts(event);
      }),
    readRaw: async (places) =>
      read(async () => {
        const record = await findRecord("RawEvent", [places.raw, places.deadLetter]);
        if (record === null) return goneFromKafka(places.receivedAt, "rawEvents");
        const event = await open("RawEvent", places, record);
        if (event === null) return { kind: "unreadable" };
        const bytes = await resolveBody(event.body, blobs as BlobStore);
        return { kind: "raw", bytes: Buffer.from(bytes), contentType: event.contentType };
      }),
    readFile: async (blob) => read(async () => ({ kind: "file", bytes: await blobs.get(blob) })),
  };
}

class AwayError extends Error {
  override readonly name = "AwayError";
  readonly what: "Kafka";
  constructor(what: "Kafka") {
    super(`${what} does not answer`);
    this.what = what;
  }
}

/** A dead letter keeps the headers of the record that it was: they say what it holds. */
function isNamed(name: keyof ValueOf, record: KafkaRecord): boolean {
  const { schema } = readRecordHeaders(record.headers);
  return schema === null || schema.startsWith(`${name}/`);
}

function goneFromKafka(writtenAt: number, topic: "rawEvents" | "normalizedEvents"): Absent {
  return { kind: "gone", from: "Kafka", goneAt: writtenAt + TOPICS[topic].retentionMs };
}

function toAbsent(error: Error): Absent {
  switch (error.name) {
    case "AwayError":
      return { kind: "away", what: "Kafka" };
    case "BlobMissingError":
      return { kind: "gone", from: "the blob store", goneAt: null };
    case "BlobStoreUnavailableError":
      return { kind: "away", what: "the blob store" };
    case "RegistryUnavailableError":
      return { kind: "away", what: "the schema registry" };
    default:
      throw error;
  }
}
