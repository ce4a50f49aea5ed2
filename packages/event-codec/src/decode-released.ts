import type { RecordName, ValueOf } from "@inlet/schemas";
import { recordTypes, type RecordTypes } from "./record-types.ts";
import { PREFIX_BYTES } from "./wire-format.ts";

const types = new Map<RecordName, RecordTypes>();

/**
 * A value read by trying every released version, the newest first, whatever schema id it names: for records that lost their headers, where no
 * registry is at hand. Null when none reads it to its last byte.
 */
export function decodeReleased<N extends RecordName>(name: N, bytes: Buffer): ValueOf[N] | null {
  let known = types.get(name);
  if (known === undefined) types.set(name, (known = recordTypes(name)));
  for (let version = known.newestVersion; version > 0; version -= 1) {
    try {
      const read = known.getReader(version)?.(bytes, PREFIX_BYTES);
      if (read?.offset === bytes.length) return read.value as ValueOf[N];
    } catch {
      // Another version may read it.
    }
  }
  return null;
}
