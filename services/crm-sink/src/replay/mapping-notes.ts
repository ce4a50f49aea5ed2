import type { SinkDeps } from "../attempt.ts";

/** Tells the ledger what the mappings in force are made of: each once a process, and again when a file leads back to one. */
export function createMappingNotes(
  deps: Pick<SinkDeps, "ledger" | "tenants">,
  lanes: readonly string[],
): () => Promise<void> {
  const noted = new Map<string, string>();
  return async () => {
    const mappings = deps.tenants
      .all()
      .filter(({ id, lane, mappingVersion }) => lanes.includes(lane) && noted.get(id) !== mappingVersion)
      .map(({ id, mappingVersion, mappingParts }) => ({ tenant: id, version: mappingVersion, parts: mappingParts }));
    if (mappings.length === 0) return;
    await deps.ledger.deliveries.noteMappings(mappings);
    for (const { tenant, version } of mappings) noted.set(tenant, version);
  };
}
