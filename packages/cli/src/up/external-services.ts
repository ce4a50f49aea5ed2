import { readEnvironment } from "@inlet/config";
import type { RawEnvironment } from "@inlet/config";

/** The environment with KAFKA_BROKERS, SCHEMA_REGISTRY_URL and DATABASE_URL as values also where they were given as `…_FILE`. */
export function externalServices(env: RawEnvironment): RawEnvironment {
  const { kafka, schemaRegistry, databaseUrl } = readEnvironment(env, []);
  return {
    ...env,
    KAFKA_BROKERS: kafka.brokers.join(","),
    SCHEMA_REGISTRY_URL: schemaRegistry.url,
    DATABASE_URL: databaseUrl,
  };
}
