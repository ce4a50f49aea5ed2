import type { RecordName } from "@inlet/schemas";

/** What the codec asks of a schema registry. */
export interface SchemaIds {
  /** The registry's id of a released version (1 for the first). Throws RegistryUnavailableError when it cannot tell, or when it is not registered. */
  getId(record: RecordName, version: number): Promise<number>;
  /** The Avro schema under an id; null when the registry surely has no such Avro schema. Throws RegistryUnavailableError when it cannot tell. */
  getSchema(id: number): Promise<Record<string, unknown> | null>;
}
