import type { IHeaders, KafkaMessage } from "kafkajs";
import type { KafkaRecord, NewRecord, RecordHeaders } from "./port.ts";

/** A record as a lane carries it: key and value as bytes, headers complete. */
export interface WireRecord {
  readonly key: Buffer | null;
  readonly value: Buffer;
  readonly headers: RecordHeaders;
}

/**
 * Headers as kafkajs takes them: one entry a name, its values in order. So the values of a repeated name keep their order, while
 * names that alternate (a, b, a) come back grouped (a, a, b); Inlet reads headers by name only.
 */
export function toKafkajsHeaders(headers: RecordHeaders): IHeaders {
  const grouped: Record<string, Buffer[]> = Object.create(null) as Record<string, Buffer[]>;
  for (const [name, value] of headers) (grouped[name] ??= []).push(value);
  return grouped;
}

/** Headers as the port gives them. A header without a value (null on the wire) reads as empty. */
export function fromKafkajsHeaders(headers: IHeaders | undefined): RecordHeaders {
  return Object.entries(headers ?? {}).flatMap(([name, value]) => {
    const values = Array.isArray(value) ? value : [value];
    return values.map((one) => [name, toBuffer(one)] as const);
  });
}

/** A fetched kafkajs message as the port's record. */
export function toRecord(topic: string, partition: number, message: KafkaMessage): KafkaRecord {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    timestamp: Number(message.timestamp),
    key: message.key,
    value: message.value,
    headers: fromKafkajsHeaders(message.headers),
  };
}

/** Key of a new record as bytes. */
export function keyBytes(key: NewRecord["key"]): Buffer | null {
  return typeof key === "string" ? Buffer.from(key, "utf8") : key;
}

/** Bytes that a record takes in a batch, rounded up: key, value, headers and what frames them. */
export function computeSize(record: WireRecord): number {
  let size = 70 + (record.key?.length ?? 0) + record.value.length;
  for (const [name, value] of record.headers) size += 10 + Buffer.byteLength(name) + value.length;
  return size;
}

function toBuffer(value: Buffer | string | null | undefined): Buffer {
  if (value === null || value === undefined) return Buffer.alloc(0);
  return typeof value === "string" ? Buffer.from(value, "utf8") : value;
}
