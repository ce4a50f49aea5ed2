import { SchemaType } from "@kafkajs/confluent-schema-registry";
import { getVersions } from "@inlet/schemas";
import type { RecordName } from "@inlet/schemas";
import { RegistryUnavailableError } from "./errors.ts";
import { isNotFound, registryClient, getErrorStatus } from "./registry-client.ts";
import type { RegistryOptions } from "./registry-options.ts";
import type { SchemaIds } from "./schema-ids.ts";
import { getSubject } from "./subjects.ts";

/** Ids and schemas as the registry has them: looked up, never registered (that is `inlet schemas register`, at deploy time). */
export function createRegistry(options: RegistryOptions): SchemaIds {
  const client = registryClient(options);
  return {
    getId: async (record, version) => {
      const file = getVersions(record)[version - 1];
      if (file === undefined) throw new RangeError(`${record}/${version}: not a released version of this repository`);
      const schema = { type: SchemaType.AVRO as const, schema: JSON.stringify(file.schema) };
      try {
        return await client.getRegistryIdBySchema(getSubject(record), schema);
      } catch (error) {
        throw lookupFailed(record, version, error);
      }
    },
    getSchema: async (id) => {
      try {
        return JSON.parse(JSON.stringify(await client.getSchema(id))) as Record<string, unknown>;
      } catch (error) {
        // Not an answer over HTTP but a schema that is no Avro: somebody else's.
        if (isNotFound(error) || (error instanceof Error && getErrorStatus(error) === undefined)) return null;
        throw unavailable(error);
      }
    },
  };
}

function lookupFailed(record: RecordName, version: number, error: unknown): RegistryUnavailableError {
  // The client takes the status off the 404 of this one lookup; its class is all that is left of it.
  const missing = error instanceof Error && error.name === "ConfluentSchemaRegistryError";
  if (!missing || error.message.includes("Error, status 404")) return unavailable(error);
  return new RegistryUnavailableError(
    `${getSubject(record)}: version ${version} of ${record} is not in the schema registry; run \`inlet schemas register\``,
    { cause: error },
  );
}

function unavailable(cause: unknown): RegistryUnavailableError {
  const why = cause instanceof Error ? cause.message : "no answer";
  return new RegistryUnavailableError(
    `SCHEMA_REGISTRY_URL: the schema registry gives no usable answer (${why}); check the address, its path and credentials`,
    { cause },
  );
}
