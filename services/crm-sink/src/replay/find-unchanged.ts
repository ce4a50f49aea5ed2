import { openOwned, readRecordHeaders } from "@inlet/event-codec";
import type { KafkaRecord } from "@inlet/kafka";
import type { SinkDeps } from "../attempt.ts";
import type { ReplayResult } from "./change.ts";

/** A record that was looked up. */
export interface Known {
  readonly tenant: string;
  readonly eventId: string;
  readonly emailKey: string | null;
  /** Undefined: it is to be delivered. */
  readonly result?: ReplayResult;
}

/** Whose records these are, and which of them are unchanged, in one look-up for all. */
export async function findUnchanged(deps: SinkDeps, records: readonly KafkaRecord[]): Promise<Known[]> {
  const opened = await Promise.all(records.map(async (record) => openOwned(deps.codec, "NormalizedEvent", record)));
  const asked = opened.flatMap((owned, index) => {
    if (owned.kind !== "event") return [];
    const { tenantId, eventId, emailKey, contentHash, parsedAt } = owned.event;
    const mappingVersion = deps.tenants.get(tenantId)?.mappingVersion;
    const pass = readRecordHeaders((records[index] as KafkaRecord).headers).pass ?? 0;
    if (mappingVersion === undefined) return [];
    return [{ index, tenant: tenantId, eventId, emailKey, contentHash, parsedAt, mappingVersion, pass }];
  });
  const previews = asked.length === 0 ? [] : await deps.ledger.deliveries.previewAdmissions(asked);
  const results = new Map(asked.map(({ index }, at) => [index, previews[at]?.verdict]));
  return opened.map((owned, index) => {
    const emailKey = owned.kind === "event" ? owned.event.emailKey : null;
    const ids = { tenant: owned.tenant, eventId: owned.eventId, emailKey };
    switch (results.get(index)) {
      case "unchanged":
        return { ...ids, result: "unchanged" };
      // What ended so is not opened again by reading it again.
      case "dead_lettered":
      case "already_ended":
      case "stale":
        return { ...ids, result: "skipped" };
      default:
        return ids;
    }
  });
}
