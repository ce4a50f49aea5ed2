import { setTimeout as sleep } from "node:timers/promises";
import type { KafkaRecord } from "@inlet/kafka";
import { createReplayPace, reportFault, type ReplayHandler, type ReplayPace } from "@inlet/service";
import { Semaphore } from "async-mutex";
import { listLimits } from "../crm/unit-buckets.ts";
import type { SinkDeps } from "../attempt.ts";
import { handleRecord } from "../intake/handle-record.ts";
import type { ReplayResult } from "./change.ts";
import { findUnchanged } from "./find-unchanged.ts";

/** Emails of replays that are delivered at once: fewer than live mail has places. */
const PLACES = 8;
/** How often it is looked whether a tenant's mail may go on, ms. */
const LOOK_MS = 1_000;

/**
 * Delivers records that are read again, by the very steps of a live delivery. What is unchanged is found for a whole batch in one look-up; the rest
 * goes at the pace of replays, and while the tenant's mail is held back, its circuit is open or its live mail waits for the quota, not at all: it
 * stays in Kafka, so that nothing of a replay ever stands before live mail.
 */
export function createReplayHandler(deps: SinkDeps): ReplayHandler {
  const places = new Semaphore(PLACES);
  const paces = new Map<string, ReplayPace>();
  const getPace = (tenantId: string): ReplayPace | null => {
    const tenant = deps.tenants.get(tenantId);
    if (tenant === undefined) return null;
    const pace =
      paces.get(tenantId) ?? createReplayPace(tenantId, listLimits(tenant, deps.crms.of(tenant).adapter), deps.ledger);
    paces.set(tenantId, pace);
    return pace;
  };
  const deliverAgain = async (record: KafkaRecord, tenant: string, signal: AbortSignal): Promise<ReplayResult | null> =>
    places.runExclusive(async () => {
      const pace = getPace(tenant);
      await untilItMayGoOn(deps, tenant, signal);
      await pace?.turn(signal);
      if (signal.aborted) return null;
      let result: ReplayResult = "dead_lettered";
      await handleRecord(deps, {
        from: "kafka",
        record,
        behindSlow: false,
        onKept: () => {},
        replay: { charge: (cost) => pace?.charge(cost), ended: (ended) => (result = ended) },
      });
      return result;
    });
  return {
    handle: async (records, { signal, count }) => {
      const known = await findUnchanged(deps, records);
      /** The first that is known to be undone. */
      let undoneAt = records.length;
      let fault: unknown = null;
      const chains = Map.groupBy(
        records.map((record, index) => ({ record, index })),
        ({ record }) => record.key?.toString("utf8") ?? String(record.offset),
      );
      const undone = (index: number): void => {
        undoneAt = Math.min(undoneAt, index);
      };
      await Promise.all(
        [...chains.values()].map(async (chain) => {
          for (const { record, index } of chain) {
            const found = known[index];
            if (found?.result !== undefined) {
              count(index, found.result);
              continue;
            }
            // Behind one that cannot be done, or that is to stop, nothing more of the conversation is begun.
            if (signal.aborted || index > undoneAt) return undone(index);
            const result = await deliverAgain(record, found?.tenant ?? "", signal).catch((error: unknown) => {
              fault ??= error;
              return null;
            });
            if (result === null) return undone(index);
            count(index, result);
          }
        }),
      );
      if (fault !== null) reportFault("crm-sink", deps.log, fault);
      return undoneAt;
    },
  };
}

async function untilItMayGoOn(deps: SinkDeps, tenantId: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const tenant = deps.tenants.get(tenantId);
    if (tenant === undefined || signal.aborted) return;
    const crm = deps.crms.of(tenant);
    const [{ buffered, behindQuota }, { open }] = await Promise.all([crm.gate(), crm.circuit.state()]);
    if (!buffered && !behindQuota && !open) return;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
  }
}
