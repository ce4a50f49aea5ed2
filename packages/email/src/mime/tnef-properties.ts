/** Values by property id; of a list of values the first. `unicode`: UTF-16 text. */
export type Properties = ReadonlyMap<number, { readonly bytes: Buffer; readonly unicode: boolean }>;

const MULTIPLE = 0x1000;
const UNICODE = 0x001f;
/** Bytes of the types that have a fixed size, padded to four (MS-OXTNEF 2.1.3.4, MS-OXCDATA 2.11.1). */
const FIXED: ReadonlyMap<number, number> = new Map([
  [0x0001, 4],
  [0x0002, 4],
  [0x0003, 4],
  [0x0004, 4],
  [0x0005, 8],
  [0x0006, 8],
  [0x0007, 8],
  [0x000a, 4],
  [0x000b, 4],
  [0x0014, 8],
  [0x0040, 8],
  [0x0048, 16],
]);
/** string8, unicode, binary, object: a count, then length and padded bytes of each. */
const VARIABLE = new Set([0x001e, UNICODE, 0x0102, 0x000d]);
const MAX_PROPERTIES = 10_000;
const NAMED = 0x8000;

/** Reads a list of MAPI properties as TNEF writes it. A list that breaks off gives what was whole before. */
export function readProperties(bytes: Buffer): Properties {
  const found = new Map<number, { bytes: Buffer; unicode: boolean }>();
  const reader = new Reader(bytes);
  const count = Math.min(reader.uint32() ?? 0, MAX_PROPERTIES);
  for (let index = 0; index < count; index++) {
    const tag = reader.uint32();
    if (tag === null) break;
    const id = tag >>> 16;
    const type = tag & 0xffff;
    if (id >= NAMED && !skipName(reader)) break;
    const value = readValue(reader, type & ~MULTIPLE, (type & MULTIPLE) !== 0);
    if (value === null) break;
    if (!found.has(id)) found.set(id, { bytes: value, unicode: (type & ~MULTIPLE) === UNICODE });
  }
  return found;
}

function skipName(reader: Reader): boolean {
  if (reader.take(16) === null) return false;
  const kind = reader.uint32();
  const idOrLength = reader.uint32();
  if (kind === null || idOrLength === null) return false;
  return kind === 0 || reader.take(padded(idOrLength)) !== null;
}

function readValue(reader: Reader, type: number, multiple: boolean): Buffer | null {
  const size = FIXED.get(type);
  const variable = VARIABLE.has(type);
  if (size === undefined && !variable) return null;
  const count = multiple || variable ? reader.uint32() : 1;
  if (count === null || count > MAX_PROPERTIES) return null;
  let first: Buffer | null = null;
  for (let index = 0; index < count; index++) {
    const length = size ?? reader.uint32();
    const bytes = length === null ? null : reader.take(padded(length));
    if (length === null || bytes === null) return null;
    first ??= bytes.subarray(0, length);
  }
  return first ?? Buffer.alloc(0);
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }
  uint32(): number | null {
    return this.take(4)?.readUInt32LE(0) ?? null;
  }
  /** The next bytes; null when there are fewer. */
  take(length: number): Buffer | null {
    if (this.#at + length > this.#bytes.length) return null;
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}
