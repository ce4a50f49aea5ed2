// avsc is CommonJS whose names Node does not see: only the default import works outside of vitest.
import avsc from "avsc";
import type { Schema, Type } from "avsc";
import { getVersions } from "@inlet/schemas";
import type { RecordName } from "@inlet/schemas";
import { boundedArrays } from "./bounded-array.ts";

type Resolver = ReturnType<Type["createResolver"]>;

/** Reads what one version of a record wrote, as the newest version. */
export type ReadAs = (bytes: Buffer, position: number) => { value: unknown; offset: number };

/** Everything avsc needs of one record, built once: building a resolver costs more than a hundred decodes. */
export interface RecordTypes {
  readonly newest: Type;
  readonly newestVersion: number;
  /** Undefined for a version that is not in this repository. */
  getReader(version: number): ReadAs | undefined;
  /** A reader for a schema of the registry: one of our versions, or one that a newer release wrote and that resolves. Null for anything else. */
  readerFor(writer: Record<string, unknown>): ReadAs | null;
}

/** Parses a schema with the options that both sides share: unions stay plain values, no logical types, arrays within their bytes. */
export function avroType(schema: Record<string, unknown>): Type {
  return avsc.Type.forSchema(schema as unknown as Schema, {
    wrapUnions: false,
    omitRecordMethods: true,
    typeHook: boundedArrays,
  });
}

export function recordTypes(record: RecordName): RecordTypes {
  const types = getVersions(record).map(({ schema }) => avroType(schema));
  const newest = types.at(-1) as Type;
  const readers = types.map((type) => createReader(newest, type));
  return {
    newest,
    newestVersion: types.length,
    getReader: (version) => readers[version - 1],
    readerFor: (schema) => {
      try {
        const writer = avroType(schema);
        const known = types.findIndex((type) => type.equals(writer));
        if (known !== -1) return readers[known] ?? null;
        return writer.name === newest.name ? createReader(newest, writer) : null;
      } catch {
        return null;
      }
    },
  };
}

function createReader(newest: Type, writer: Type): ReadAs {
  const resolver: Resolver | undefined = writer === newest ? undefined : newest.createResolver(writer);
  return (bytes, position) => newest.decode(bytes, position, resolver);
}
