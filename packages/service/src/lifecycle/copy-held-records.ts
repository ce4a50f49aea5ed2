import { buildBlobRef } from "@inlet/blob-store";
import { TOPICS } from "@inlet/schemas";
import type { LifecycleDeps } from "./lifecycle-deps.ts";

const EVERY_MS = 5 * 60_000;
const LEASE_MS = 30_000;
/** Records read at a time: each may be a MiB. */
const PAGE = 32;
const SWEEP = "holds";

/** Copies the raw records of held mail to the blob store while Kafka has them (docs/guides/legal-hold.md); by one instance at a time. */
export async function copyHeldRecords(
  { ledger: { lifecycle }, blobs, records, log, instance, now }: LifecycleDeps,
  stop: AbortSignal,
): Promise<void> {
  const held = { name: SWEEP, holder: instance };
  const taken = await lifecycle.take({ ...held, leaseMs: LEASE_MS, everyMs: EVERY_MS });
  if (taken === null) return;
  let copied = 0;
  let after = { receivedAt: 0, eventId: "" };
  for (;;) {
    const page = await lifecycle.findRecordsToCopy({ after, since: now() - TOPICS.rawEvents.retentionMs, limit: PAGE });
    const found = await records.read(
      page.map(({ topic, partition, offset }) => ({ topic, partition, offset: BigInt(offset) })),
    );
    for (const [index, { tenant, eventId, receivedAt }] of page.entries()) {
      const value = found[index]?.value;
      // Deleted meanwhile, or of a row that was made anew from outcomes.
      if (value === undefined || value === null) continue;
      const { key } = buildBlobRef(tenant, receivedAt, value);
      await lifecycle.noteBlobUse({ tenant, eventId, key, kind: "copy" });
      const { size } = await blobs.put(tenant, receivedAt, value);
      await lifecycle.noteCopy({ tenant, eventId, key, size });
      copied += 1;
    }
    const last = page.at(-1);
    const more = page.length === PAGE && last !== undefined && !stop.aborted;
    const next = more ? "go on" : stop.aborted ? "let go" : "end";
    if (!(await lifecycle.report(held, { place: {}, counts: { copied }, next })) || !more) break;
    after = last;
  }
  if (copied > 0) log.info({ copied }, "held records copied");
}
