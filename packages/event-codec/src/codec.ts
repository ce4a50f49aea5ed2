import { LRUCache } from "lru-cache";
import type { RecordName, ValueOf } from "@inlet/schemas";
import { encodeValue } from "./encode-value.ts";
import { UndecodableRecordError } from "./errors.ts";
import { recordTypes } from "./record-types.ts";
import type { ReadAs, RecordTypes } from "./record-types.ts";
import type { SchemaIds } from "./schema-ids.ts";
import { PREFIX_BYTES, readPrefix } from "./wire-format.ts";

/** How long an id that the registry does not know is not asked for again, ms. */
const UNKNOWN_TTL_MS = 60_000;

/** Values of the topics to and from bytes. */
export interface Codec {
  /**
   * The value in Confluent wire format, with the newest version's schema; strings are made well-formed. Throws UnencodableValueError (names the field) and
   * RegistryUnavailableError (only until the id is known; it is kept for good).
   */
  encode<N extends RecordName>(record: N, value: ValueOf[N]): Promise<Buffer>;
  /**
   * The value as the newest version sees it. `schemaHeader` is the record's `inlet-schema` (`RawEvent/1`): where it names a released version, it
   * decides, since ids mean nothing in another registry; else the registry does. Throws UndecodableRecordError and RegistryUnavailableError.
   */
  decode<N extends RecordName>(record: N, bytes: Buffer, schemaHeader?: string): Promise<ValueOf[N]>;
  /** Looks up now what `encode` of these records will need; after it they encode without the registry. Throws RegistryUnavailableError. */
  prepare(records: readonly RecordName[]): Promise<void>;
}

/** Makes a codec; nothing is looked up before the first call. */
export function createCodec({ registry, now = Date.now }: { registry: SchemaIds; now?: () => number }): Codec {
  const types = new Map<RecordName, RecordTypes>();
  const ids = new Map<RecordName, Promise<number>>();
  const readers = new LRUCache<string, ReadAs>({ max: 1000 });
  const unknownUntil = new LRUCache<string, number>({ max: 1000 });

  const getTypes = (record: RecordName): RecordTypes => {
    let found = types.get(record);
    if (found === undefined) types.set(record, (found = recordTypes(record)));
    return found;
  };

  const getId = (record: RecordName): Promise<number> => {
    let id = ids.get(record);
    if (id === undefined) {
      id = registry.getId(record, getTypes(record).newestVersion);
      ids.set(record, id);
      id.catch(() => ids.delete(record));
    }
    return id;
  };

  const readerFor = async (record: RecordName, id: number, schemaHeader: string | undefined): Promise<ReadAs> => {
    const named = versionNamed(record, schemaHeader);
    const byHeader = named === null ? undefined : getTypes(record).getReader(named);
    if (byHeader !== undefined) return byHeader;
    const key = `${record}:${id}`;
    const known = readers.get(key);
    if (known !== undefined) return known;
    if ((unknownUntil.get(key) ?? 0) <= now()) {
      const schema = await registry.getSchema(id);
      const reader = schema === null ? null : getTypes(record).readerFor(schema);
      if (reader !== null) {
        readers.set(key, reader);
        return reader;
      }
      unknownUntil.set(key, now() + UNKNOWN_TTL_MS);
    }
    throw new UndecodableRecordError(
      `schema id ${id}: the registry has no ${record} under it, and the header inlet-schema ${schemaHeader === undefined ? "is missing" : "names no released version of it"}`,
    );
  };

  return {
    encode: async (record, value) => encodeValue(record, getTypes(record).newest, await getId(record), value),
    decode: async <N extends RecordName>(record: N, bytes: Buffer, schemaHeader?: string) => {
      const reader = await readerFor(record, readPrefix(bytes), schemaHeader);
      return read(record, reader, bytes) as ValueOf[N];
    },
    prepare: async (records) => {
      await Promise.all(records.map(getId));
    },
  };
}

/** The version in `RawEvent/1`; null when the header is missing, of another record or no version. */
function versionNamed(record: RecordName, header: string | undefined): number | null {
  const [, name, version] = /^(\w+)\/([1-9]\d{0,5})$/.exec(header ?? "") ?? [];
  return name === record ? Number(version) : null;
}

function read(record: RecordName, reader: ReadAs, bytes: Buffer): unknown {
  let decoded: { value: unknown; offset: number };
  try {
    decoded = reader(bytes, PREFIX_BYTES);
  } catch (error) {
    throw new UndecodableRecordError(`value: not a ${record}, although its schema says so`, { cause: error });
  }
  if (decoded.offset === -1)
    throw new UndecodableRecordError(`value: the ${record} is cut short at ${bytes.length} bytes`);
  if (decoded.offset !== bytes.length) {
    throw new UndecodableRecordError(`value: ${bytes.length - decoded.offset} bytes are left after the ${record}`);
  }
  return decoded.value;
}
