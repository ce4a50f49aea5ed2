/** Inlet's own infrastructure. */
export const DEPENDENCIES = ["ledger", "registry", "blobs", "kafka", "parser"] as const;
export type Dependency = (typeof DEPENDENCIES)[number];

/** By the name of the error, since the packages that throw them do not know each other. */
const FAULTS: ReadonlyMap<string, Dependency> = new Map([
  ["LedgerUnavailableError", "ledger"],
  ["RegistryUnavailableError", "registry"],
  ["BlobStoreUnavailableError", "blobs"],
  ["KafkaUnavailableError", "kafka"],
  ["ProducerQueueFullError", "kafka"],
  ["ParserUnavailableError", "parser"],
]);

/**
 * Whether an error says that Inlet's own infrastructure is away: then everything pauses, nothing waits and nothing is dead-lettered
 * (PROTOCOL.md 5).
 */
export function isInfrastructureFault(error: unknown): error is Error {
  return getDependency(error) !== null;
}

/** What is away; null: it is no fault of the infrastructure. */
export function getDependency(error: unknown): Dependency | null {
  return error instanceof Error ? (FAULTS.get(error.name) ?? null) : null;
}
