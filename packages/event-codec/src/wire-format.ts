import { UndecodableRecordError } from "./errors.ts";

/** Confluent wire format: byte 0, schema id as uint32 big-endian, then Avro. */
export const PREFIX_BYTES = 5;
const MAGIC = 0;

export function writePrefix(target: Buffer, schemaId: number): void {
  target.writeUInt8(MAGIC, 0);
  target.writeUInt32BE(schemaId, 1);
}

/** The schema id of a value in Confluent wire format; null when it is not in that format. For the dlq's headers. */
export function readSchemaId(bytes: Buffer): number | null {
  return bytes.length >= PREFIX_BYTES && bytes[0] === MAGIC ? bytes.readUInt32BE(1) : null;
}

/** As {@link readSchemaId}, but throws UndecodableRecordError. */
export function readPrefix(bytes: Buffer): number {
  const id = readSchemaId(bytes);
  if (id !== null) return id;
  const found = bytes.length < PREFIX_BYTES ? `${bytes.length} bytes` : `first byte ${bytes[0]}`;
  throw new UndecodableRecordError(
    `value: not in Confluent wire format (${found}); its producer must write 0, schema id, Avro`,
  );
}
