const INFRASTRUCTURE: ReadonlySet<string> = new Set([
  "LedgerUnavailableError",
  "RegistryUnavailableError",
  "BlobStoreUnavailableError",
  "KafkaUnavailableError",
  "ProducerQueueFullError",
  "ParserUnavailableError",
]);

/**
 * Whether an error says that Inlet's own infrastructure is away: then everything pauses, nothing waits and nothing is dead-lettered
 * (PROTOCOL.md 5). Told by name, since the packages that throw them do not know each other.
 */
export function isInfrastructureFault(error: unknown): error is Error {
  return error instanceof Error && INFRASTRUCTURE.has(error.name);
}
