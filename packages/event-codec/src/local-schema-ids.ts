import { VERSIONS, getVersions } from "@inlet/schemas";
import type { RecordName, SchemaVersion } from "@inlet/schemas";
import { RegistryUnavailableError } from "./errors.ts";
import type { SchemaIds } from "./schema-ids.ts";

export interface LocalSchemaIds extends SchemaIds {
  /** While true every lookup fails as if the registry were away. */
  setUnavailable(unavailable: boolean): void;
  /** Adds a schema that is in no file, as a newer release of Inlet would; gives its id. */
  add(schema: Record<string, unknown>): number;
}

/** A registry in memory that knows every released version, under ids from 1: for tests and for work without a network. */
export function createLocalSchemaIds(): LocalSchemaIds {
  const released: SchemaVersion[] = (Object.keys(VERSIONS) as RecordName[]).flatMap(getVersions);
  const schemas = released.map(({ schema }) => schema);
  let unavailable = false;
  const assertAvailable = (): void => {
    if (unavailable) throw new RegistryUnavailableError("the in-memory registry is set unavailable");
  };
  return {
    getId: async (record, version) => {
      assertAvailable();
      const index = released.findIndex((each) => each.record === record && each.version === version);
      if (index === -1) throw new RegistryUnavailableError(`${record}/${version}: not a released version`);
      return index + 1;
    },
    getSchema: async (id) => {
      assertAvailable();
      return schemas[id - 1] ?? null;
    },
    setUnavailable: (value) => {
      unavailable = value;
    },
    add: (schema) => schemas.push(schema),
  };
}
