import { DLQ_HEADER, getTopicLane, TENANT_ID, UNKNOWN_TENANT, WIRE_ID, type ValueOf } from "@inlet/schemas";
import type { Codec } from "./codec.ts";
import { decodeReleased } from "./decode-released.ts";
import { readRecordHeaders } from "./record-headers.ts";

/** Whose row a record is. */
export interface RecordOwner {
  readonly tenant: string;
  readonly eventId: string;
}

/** A record as a consumer meets it; of Kafka's only what says whose it is. */
interface MetRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [string, Buffer])[];
}

/** A record whose event can be worked with, or one that is not ours: `why` names what is wrong with it and quotes nothing. */
export type Owned<T> = RecordOwner &
  ({ readonly kind: "event"; readonly event: T } | { readonly kind: "foreign"; readonly why: string });

/** Longest text of an indexed column, UTF-8 bytes: Postgres refuses index rows above 2,704. */
const LONGEST_INDEXED = 2_000;

/**
 * The owner of a record, without a registry: as its headers say; where they name none, or nothing that could be one, as its value says; else no one,
 * found by where it lies. The same answer each time that it is read.
 */
export function findOwner(name: "RawEvent" | "NormalizedEvent", record: MetRecord): RecordOwner {
  return ownerByHeaders(record.headers) ?? ownerByValue(name, record.value) ?? unknownOwner(record);
}

/** Whose row a dead letter ended; its other headers are those that the record had before. */
export function findDeadLetterOwner(record: MetRecord): RecordOwner {
  const text = (name: string): string => record.headers.find(([each]) => each === name)?.[1].toString("utf8") ?? "";
  const [tenant, eventId] = [text(DLQ_HEADER.tenant), text(DLQ_HEADER.eventId)];
  return isOwner(tenant, eventId) ? { tenant, eventId } : (ownerByHeaders(record.headers) ?? unknownOwner(record));
}

function ownerByHeaders(headers: MetRecord["headers"]): RecordOwner | null {
  const { tenant, eventId } = readRecordHeaders(headers);
  return isOwner(tenant, eventId) ? { tenant: tenant as string, eventId: eventId as string } : null;
}

function ownerByValue(name: "RawEvent" | "NormalizedEvent", value: Buffer | null): RecordOwner | null {
  const { tenantId: tenant, eventId } = (decodeReleased(name, value ?? Buffer.alloc(0)) ?? {}) as Record<
    string,
    unknown
  >;
  return typeof tenant === "string" && typeof eventId === "string" && isOwner(tenant, eventId)
    ? { tenant, eventId }
    : null;
}

/** The owner of a record that names none: found again by where it lies, so the same each time that it is read. */
export function unknownOwner({ topic, partition, offset }: Omit<MetRecord, "headers" | "value">): RecordOwner {
  return { tenant: UNKNOWN_TENANT, eventId: `${topic}/${partition}/${offset}` };
}

/**
 * Opens a record. The headers say whose it is; a value that cannot be read, or says otherwise, is foreign. Where they say nothing the value does.
 * The event's lane is the one of the topic: what a record says of its lane moves it nowhere. Throws RegistryUnavailableError.
 */
export async function openOwned<N extends "RawEvent" | "NormalizedEvent">(
  codec: Codec,
  name: N,
  record: MetRecord,
): Promise<Owned<ValueOf[N]>> {
  const named = ownerByHeaders(record.headers);
  const foreign = (why: string): Owned<ValueOf[N]> => ({ kind: "foreign", ...findOwner(name, record), why });
  const schema = readRecordHeaders(record.headers).schema ?? undefined;
  let event: ValueOf[N];
  try {
    event = await codec.decode(name, record.value ?? Buffer.alloc(0), schema);
  } catch (error) {
    if ((error as Error).name !== "UndecodableRecordError") throw error;
    return foreign((error as Error).message);
  }
  const { tenantId: tenant, eventId } = event;
  if (!isOwner(tenant, eventId)) return foreign("value: its tenantId or eventId is none of ours");
  if (named !== null && (named.tenant !== tenant || named.eventId !== eventId))
    return foreign("value: belongs to another event than its headers say");
  const wrong = unfitField(event);
  if (wrong !== null) return foreign(`value: ${wrong} is none of ours`);
  return { kind: "event", tenant, eventId, event: { ...event, lane: getTopicLane(record.topic) } };
}

function isOwner(tenant: string | null, eventId: string | null): boolean {
  return TENANT_ID.test(tenant ?? "") && WIRE_ID.test(eventId ?? "");
}

/** A field that the ledger could not keep or find again; null for none. */
function unfitField(event: ValueOf["RawEvent"] | ValueOf["NormalizedEvent"]): string | null {
  const ids = "emailKey" in event ? (["emailKey", "contentHash", "conversationId"] as const) : [];
  const unfit = ids.find((id) => !WIRE_ID.test((event as ValueOf["NormalizedEvent"])[id]));
  if (unfit !== undefined) return unfit;
  if ([event.source.name, event.source.kind, event.source.deliveryId, event.source.eventId].some(isTooLong))
    return "source";
  return "messageId" in event && isTooLong(event.messageId) ? "messageId" : null;
}

function isTooLong(text: string | null): boolean {
  return text !== null && Buffer.byteLength(text) > LONGEST_INDEXED;
}
