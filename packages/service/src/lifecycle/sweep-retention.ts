import { setTimeout as sleep } from "node:timers/promises";
import type { SweepPlace, SweptCounts, TenantRetention } from "@inlet/ledger";
import { metrics } from "@inlet/telemetry";
import type { LifecycleDeps } from "./lifecycle-deps.ts";

export const RETENTION_SWEEP = "retention";
const EVERY_MS = 6 * 3_600_000;
const LEASE_MS = 30_000;
/** Deliveries of one transaction. */
const BATCH = 500;
/** Between two of them, ms: mail comes first. */
const PAUSE_MS = 100;

/** One run over what is too old, by one instance at a time; what another one began is gone on with from its place. */
export async function sweepRetention(deps: LifecycleDeps, stop: AbortSignal): Promise<void> {
  const { ledger, log, instance, now } = deps;
  const held = { name: RETENTION_SWEEP, holder: instance };
  const taken = await ledger.lifecycle.take({ ...held, leaseMs: LEASE_MS, everyMs: EVERY_MS });
  if (taken === null) return;
  const policies = getPolicies(deps);
  const counts: SweptCounts = { ...taken.counts };
  const add = (more: SweptCounts): void => {
    for (const [table, rows] of Object.entries(more)) {
      if (rows === 0) continue;
      counts[table] = (counts[table] ?? 0) + rows;
      metrics.sweptRows.inc({ sweep: "retention", table }, rows);
    }
  };
  let place: SweepPlace | null = { receivedAt: 0, eventId: "", ...(taken.place as Partial<SweepPlace>) };
  while (place !== null && policies.length > 0) {
    const batch = await ledger.lifecycle.sweepDeliveries(policies, { place, now: now(), limit: BATCH });
    add(batch.counts);
    add({ blob_uses: await ledger.lifecycle.sweepBlobs(policies, { now: now(), limit: BATCH }) });
    add({ sent_messages: await ledger.lifecycle.sweepSentMessages(policies, { now: now(), limit: BATCH }) });
    place = batch.next;
    if (place === null) break;
    const next = stop.aborted ? "let go" : "go on";
    if (!(await ledger.lifecycle.report(held, { place, counts, next })) || stop.aborted) return;
    await sleep(PAUSE_MS, undefined, { signal: stop }).catch(() => {});
  }
  while (policies.length > 0 && !stop.aborted) {
    const uses = await ledger.lifecycle.sweepBlobs(policies, { now: now(), limit: BATCH });
    const sent = await ledger.lifecycle.sweepSentMessages(policies, { now: now(), limit: BATCH });
    add({ blob_uses: uses, sent_messages: sent });
    if (uses + sent === 0 || !(await ledger.lifecycle.report(held, { place: {}, counts, next: "go on" }))) break;
    await sleep(PAUSE_MS, undefined, { signal: stop }).catch(() => {});
  }
  add(await ledger.lifecycle.sweepOperation({ limit: BATCH }));
  await ledger.lifecycle.report(held, { place: {}, counts, next: stop.aborted ? "let go" : "end" });
  const oldest = await ledger.lifecycle.oldestDelivery();
  metrics.oldestDeliverySeconds.set(oldest === null ? 0 : Math.max(0, (now() - oldest) / 1000));
  log.info({ ...counts }, "retention swept");
}

/** Of tenants that have a file: what one without a file has is kept until it has one again. */
function getPolicies({ tenants }: LifecycleDeps): TenantRetention[] {
  return tenants.all().map(({ id, retention }) => ({ tenant: id, ...retention }));
}
