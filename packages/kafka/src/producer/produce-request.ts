import { crc32c } from "@node-rs/crc32";
import type { IHeaders } from "kafkajs";

/** What kafkajs hands to the encoder of a produce request, as far as Inlet uses it: no compression, no transaction, timestamps by the broker. */
export interface ProduceRequest {
  readonly acks: number;
  readonly timeout: number;
  readonly producerId: unknown;
  readonly producerEpoch: number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly firstSequence: number;
      readonly messages: readonly ProducedMessage[];
    }[];
  }[];
}

export interface ProducedMessage {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: IHeaders;
}

/** Base offset, length, leader epoch, magic, CRC, attributes, last offset delta, two timestamps, producer id, epoch, sequence, count. */
const BATCH_HEAD_BYTES = 61;
/** Base offset and length: what the batch's length does not count. */
const BATCH_LENGTH_FROM = 12;
/** The CRC covers everything from the attributes on. */
const CRC_AT = 17;
const CRC_FROM = 21;
const MAGIC = 2;

/**
 * The body of a Produce request, versions 3 to 7, with record batches of format 2 (Apache Kafka protocol guide; KIP-98), in one buffer of the right
 * size. kafkajs copies each record through seven growing buffers and sums it byte by byte in JavaScript: at 10 KB that cost more than all else
 * the gateway does. A test compares with kafkajs' own, byte by byte.
 * @param now epoch ms, the batches' timestamp
 */
export function encodeProduceRequest(
  { acks, timeout, producerId, producerEpoch, topicData }: ProduceRequest,
  now: number,
): Buffer {
  const batches = topicData.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map((each) => ({ ...each, records: each.messages.map(sized) })),
  }));
  let size = 2 + 2 + 4 + 4;
  for (const { topic, partitions } of batches) {
    size += 2 + Buffer.byteLength(topic) + 4;
    for (const { records } of partitions) size += 4 + 4 + batchBytes(records);
  }
  const out = Buffer.allocUnsafe(size);
  let at = out.writeInt16BE(-1, 0); // no transactional id
  at = out.writeInt16BE(acks, at);
  at = out.writeInt32BE(timeout, at);
  at = out.writeInt32BE(batches.length, at);
  for (const { topic, partitions } of batches) {
    at = out.writeInt16BE(Buffer.byteLength(topic), at);
    at += out.write(topic, at);
    at = out.writeInt32BE(partitions.length, at);
    for (const { partition, firstSequence, records } of partitions) {
      at = out.writeInt32BE(partition, at);
      at = out.writeInt32BE(batchBytes(records), at);
      at = writeBatch(out, at, records, { now, producerId, producerEpoch, firstSequence });
    }
  }
  return out;
}

interface SizedRecord {
  readonly message: ProducedMessage;
  readonly headers: readonly (readonly [name: string, value: Buffer])[];
  /** Bytes after the record's own length. */
  readonly bytes: number;
}

function sized(message: ProducedMessage, offsetDelta: number): SizedRecord {
  const headers = Object.entries(message.headers ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => [name, Buffer.from(one ?? "")] as const),
  );
  // Attributes and timestamp delta are one byte each.
  let bytes =
    2 + varintBytes(offsetDelta) + sizedBytes(message.key) + sizedBytes(message.value) + varintBytes(headers.length);
  for (const [name, value] of headers) {
    const length = Buffer.byteLength(name);
    bytes += varintBytes(length) + length + sizedBytes(value);
  }
  return { message, headers, bytes };
}

function batchBytes(records: readonly SizedRecord[]): number {
  return records.reduce((sum, { bytes }) => sum + varintBytes(bytes) + bytes, BATCH_HEAD_BYTES);
}

function writeBatch(
  out: Buffer,
  start: number,
  records: readonly SizedRecord[],
  {
    now,
    producerId,
    producerEpoch,
    firstSequence,
  }: Pick<ProduceRequest, "producerId" | "producerEpoch"> & { now: number; firstSequence: number },
): number {
  let at = out.writeBigInt64BE(0n, start);
  at = out.writeInt32BE(batchBytes(records) - BATCH_LENGTH_FROM, at);
  at = out.writeInt32BE(0, at); // the leader's epoch: the broker sets it
  at = out.writeInt8(MAGIC, at);
  at = start + CRC_FROM;
  at = out.writeInt16BE(0, at); // no compression, create time, no transaction
  at = out.writeInt32BE(records.length - 1, at);
  at = out.writeBigInt64BE(BigInt(now), at);
  at = out.writeBigInt64BE(BigInt(now), at);
  at = out.writeBigInt64BE(BigInt(String(producerId)), at);
  at = out.writeInt16BE(producerEpoch, at);
  at = out.writeInt32BE(firstSequence, at);
  at = out.writeInt32BE(records.length, at);
  for (const [offsetDelta, { message, headers, bytes }] of records.entries()) {
    at = writeVarint(out, at, bytes);
    at = out.writeInt16BE(0, at); // attributes, timestamp delta
    at = writeVarint(out, at, offsetDelta);
    at = writeSized(out, at, message.key);
    at = writeSized(out, at, message.value);
    at = writeVarint(out, at, headers.length);
    for (const [name, value] of headers) {
      at = writeVarint(out, at, Buffer.byteLength(name));
      at += out.write(name, at);
      at = writeSized(out, at, value);
    }
  }
  out.writeUInt32BE(crc32c(out.subarray(start + CRC_FROM, at)), start + CRC_AT);
  return at;
}

function sizedBytes(value: Buffer | null): number {
  return value === null ? 1 : varintBytes(value.length) + value.length;
}

/** Length as a varint, then the bytes; -1 for null. */
function writeSized(out: Buffer, at: number, value: Buffer | null): number {
  if (value === null) return writeVarint(out, at, -1);
  const from = writeVarint(out, at, value.length);
  return from + value.copy(out, from);
}

/** Zigzag varints, as Protocol Buffers have them. */
function varintBytes(value: number): number {
  let rest = zigzag(value);
  let bytes = 1;
  for (; rest > 0x7f; rest >>>= 7) bytes += 1;
  return bytes;
}

function writeVarint(out: Buffer, at: number, value: number): number {
  let rest = zigzag(value);
  for (; rest > 0x7f; rest >>>= 7) out[at++] = (rest & 0x7f) | 0x80;
  out[at++] = rest;
  return at;
}

function zigzag(value: number): number {
  return ((value << 1) ^ (value >> 31)) >>> 0;
}
