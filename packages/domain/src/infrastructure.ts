import type { EarlyDisposition } from "./step-result.ts";

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

/** What a record waits for that must leave Kafka before its dependency is back. */
export const INFRASTRUCTURE_CODE = "infrastructure_away";
const LOOK_AGAIN_MS = 60_000;

/**
 * What becomes of a record that a fault of the infrastructure stops: null, it stays in Kafka and its partition pauses; but one that Kafka deletes
 * before long, where `keepFromAgeMs` old, waits in the ledger with its bytes, unless the ledger itself is away.
 */
export function waitOutOfKafka(
  error: unknown,
  { ageMs, keepFromAgeMs }: { readonly ageMs: number; readonly keepFromAgeMs: number },
): Extract<EarlyDisposition, { kind: "retry" }> | null {
  const dependency = getDependency(error);
  if (dependency === null || dependency === "ledger" || ageMs < keepFromAgeMs) return null;
  return { kind: "retry", code: INFRASTRUCTURE_CODE, attempt: null, delayMs: LOOK_AGAIN_MS };
}

/**
 * Whether an error says that Inlet's own infrastructure is away: then everything pauses, nothing waits and nothing is dead-lettered
 * (docs/concepts/protocol.md, section 5).
 */
export function isInfrastructureFault(error: unknown): error is Error {
  return getDependency(error) !== null;
}

/** What is away; null: it is no fault of the infrastructure. */
export function getDependency(error: unknown): Dependency | null {
  return error instanceof Error ? (FAULTS.get(error.name) ?? null) : null;
}
