import avsc from "avsc";
import type { ForSchemaOptions, Schema, Type } from "avsc";

/** What avsc hands to a type's `_read` and `_skip`: the bytes, and where in them it stands. */
interface Tap {
  readonly buf: Buffer;
  pos: number;
  readLong(): number;
}
interface Readable {
  _read(tap: Tap): unknown;
  _skip(tap: Tap): void;
}

/**
 * avsc's array, that trusts no count larger than the bytes left. avsc allocates and loops by the count before it notices that the bytes have
 * ended, so one damaged record of a few hundred bytes takes all memory, and the process with it. Every item of ours takes a byte at least.
 */
class BoundedArrayType extends avsc.types.ArrayType {
  _read(tap: Tap): unknown[] {
    const items = this.itemsType as unknown as Readable;
    const values: unknown[] = [];
    for (let count = nextCount(tap); count > 0; count = nextCount(tap)) {
      while (count-- > 0) values.push(items._read(tap));
    }
    return values;
  }

  _skip(tap: Tap): void {
    const items = this.itemsType as unknown as Readable;
    for (let count = nextCount(tap); count > 0; count = nextCount(tap)) {
      while (count-- > 0) items._skip(tap);
    }
  }
}

/** Items of the next block; 0 at the end. A negative count is followed by the block's size in bytes (Avro 1.11, array encoding). */
function nextCount(tap: Tap): number {
  let count = tap.readLong();
  if (count < 0) {
    count = -count;
    tap.readLong();
  }
  const left = tap.buf.length - tap.pos;
  if (count > Math.max(left, 0)) throw new RangeError(`array: ${count} items announced, ${left} bytes left`);
  return count;
}

/** For avsc's `typeHook`: arrays are bounded, everything else is avsc's own. */
export function boundedArrays(schema: Schema, options: ForSchemaOptions): Type | undefined {
  const isArray = typeof schema === "object" && "type" in schema && schema.type === "array";
  return isArray ? new BoundedArrayType(schema, options) : undefined;
}
