import type { Type } from "avsc";
import { UnencodableValueError } from "./errors.ts";
import { wellFormed } from "./well-formed.ts";
import { PREFIX_BYTES, writePrefix } from "./wire-format.ts";

/** Most records fit into it; a larger one gets a buffer of its own, which is not kept. Encoding is synchronous, so one serves all. */
const scratch = Buffer.allocUnsafeSlow(64 * 1024);

/** Prefix and Avro in one buffer. Throws UnencodableValueError naming the fields that the schema does not allow. */
export function encodeValue(record: string, type: Type, schemaId: number, value: unknown): Buffer {
  const plain = wellFormed(value);
  try {
    const end = type.encode(plain, scratch, PREFIX_BYTES);
    // A negative result is the number of bytes that were missing.
    const bytes = Buffer.allocUnsafe(end >= 0 ? end : scratch.length - end);
    if (end >= 0) scratch.copy(bytes, 0, 0, end);
    else type.encode(plain, bytes, PREFIX_BYTES);
    writePrefix(bytes, schemaId);
    return bytes;
  } catch {
    // avsc's own message quotes the value, which is mail: it is not kept as the cause.
    throw new UnencodableValueError(`${record}: ${findFaults(type, plain)}; the value must match its .avsc`);
  }
}

function findFaults(type: Type, value: unknown): string {
  const faults: string[] = [];
  type.isValid(value, {
    errorHook: (path: string[], found: unknown, wanted: Type) => {
      faults.push(`${path.join(".") || "the value"} is ${getKind(found)}, not ${wanted.name ?? wanted.typeName}`);
    },
  });
  return faults.slice(0, 5).join(", ") || "a number is beyond 2^53 or not whole";
}

function getKind(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "number") return Number.isInteger(value) ? "a number" : "a number that is not whole";
  return Array.isArray(value) ? "an array" : typeof value;
}
