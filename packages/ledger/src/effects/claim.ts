import { asRows, type Database } from "../database.ts";
import { msSince, msUntil, spanMs } from "../milliseconds.ts";

/** A write that an email wants to make once (docs/concepts/protocol.md, section 4). */
export interface ClaimRequest {
  readonly tenant: string;
  readonly crm: string;
  readonly effect: string;
  readonly key: string;
  /** Unique to this try of this email: a claim is never shared. */
  readonly owner: string;
  readonly eventId: string;
  /** At least the calls' deadline + 30 s. */
  readonly leaseMs: number;
  /** How long after the lease a late write may still land, as the adapter declares it. */
  readonly settleMs: number;
}

export type ClaimResult =
  /** Ours to write. `settle`: an earlier owner may have written it; find out in the adapter's way first. */
  | {
      readonly state: "won";
      readonly settle: boolean;
      /** The record that was there before and is gone, where this one is to take its place; null for a first one. */
      readonly replaces?: string | null;
      /** ms since it was claimed for the first time: what is to be settled is no older. Null for a first claim. */
      readonly claimedMsAgo?: number | null;
    }
  | {
      readonly state: "confirmed";
      readonly recordId: string | null;
      readonly desired: Record<string, string>;
      /** The event that wrote it. */
      readonly eventId: string;
      /** Deleted in the CRM by a person. */
      readonly gone: boolean;
    }
  /** Another owner is at it, or its result is unknown and may not be settled yet: look again after so many ms. */
  | { readonly state: "busy"; readonly forMs: number };

/**
 * After a restore from a backup (recoveries), what has no row may be written all the same: records that several emails share, and those of an email
 * that came before. Since when is not known.
 */
const UNSURE = `exists (select 1 from recoveries v where v.ended_at is null and (r.effect in ('contact', 'company', 'deal')
              or coalesce((select d.received_at from deliveries d where d.tenant = r.tenant and d.event_id = r.event_id), 0) < v.before_at))`;

/** Claims of several emails in one statement; answers in their order. Two requests for one key in one call: the first may win, the second is busy. */
export async function claim(database: Database, requests: readonly ClaimRequest[]): Promise<ClaimResult[]> {
  if (requests.length === 0) return [];
  const first = new Map<string, ClaimRequest>();
  for (const request of requests) {
    const key = toKey(request);
    if (!first.has(key)) first.set(key, request);
  }
  const rows = await database.query<{
    tenant: string;
    crm: string;
    effect: string;
    key: string;
    won: boolean;
    was: string | null;
    record_id: string | null;
    desired: Record<string, string> | null;
    event_id: string | null;
    busy_ms: number | null;
    claimed_ms_ago: number | null;
    unsure: boolean;
  }>(
    `with r as (select * from jsonb_to_recordset($1::jsonb) as r(tenant text, crm text, effect text, key text, owner text, event_id text, lease_ms bigint, settle_ms bigint)),
      won as (
        insert into effects as e (tenant, crm, effect, key, state, owner, lease_until, settle_after, event_id)
        select r.tenant, r.crm, r.effect, r.key, 'claimed', r.owner, clock_timestamp() + r.lease_ms * interval '1 ms',
               clock_timestamp() + (r.lease_ms + r.settle_ms) * interval '1 ms', r.event_id
          from r order by r.tenant, r.crm, r.effect, r.key
        on conflict (tenant, crm, effect, key) do update set state = 'claimed', owner = excluded.owner, lease_until = excluded.lease_until,
            settle_after = excluded.settle_after, event_id = excluded.event_id, updated_at = now()
          where e.state in ('claimed', 'unknown') and e.settle_after <= clock_timestamp()
        returning e.tenant, e.crm, e.effect, e.key, xmax <> 0 as taken_over)
     select r.tenant, r.crm, r.effect, r.key, w.tenant is not null as won,
            case when w.taken_over then 'claimed' else e.state end as was, e.record_id, e.desired, e.event_id,
            ${msUntil("e.settle_after")} as busy_ms, ${msSince("e.created_at")} as claimed_ms_ago, ${UNSURE} as unsure
       from r left join won w using (tenant, crm, effect, key) left join effects e using (tenant, crm, effect, key)`,
    [
      asRows(
        [...first.values()].map((request) => ({
          tenant: request.tenant,
          crm: request.crm,
          effect: request.effect,
          key: request.key,
          owner: request.owner,
          event_id: request.eventId,
          lease_ms: spanMs(request.leaseMs),
          settle_ms: spanMs(request.settleMs),
        })),
      ),
    ],
  );
  const found = new Map(rows.map((row) => [toKey(row), row]));
  return requests.map((request) => {
    const row = found.get(toKey(request));
    if (row === undefined) return { state: "busy", forMs: 50 };
    if (row.won) {
      return first.get(toKey(request)) === request
        ? {
            state: "won",
            settle: row.was !== null || row.unsure,
            replaces: row.record_id,
            claimedMsAgo: row.unsure ? null : row.claimed_ms_ago,
          }
        : { state: "busy", forMs: 50 };
    }
    return progress(row);
  });
}

interface DeliveryProgress {
  was: string | null;
  record_id: string | null;
  desired: Record<string, string> | null;
  event_id: string | null;
  busy_ms: number | null;
}

function progress(row: DeliveryProgress): Exclude<ClaimResult, { state: "won" }> {
  return row.was === "confirmed" || row.was === "gone"
    ? {
        state: "confirmed",
        recordId: row.record_id,
        desired: row.desired ?? {},
        eventId: row.event_id ?? "",
        gone: row.was === "gone",
      }
    : { state: "busy", forMs: Math.max(50, row.busy_ms ?? 50) };
}

/**
 * Claims an effect that was confirmed with `gone`, a record that is no longer in the CRM, so that it is written once more. Of several that ask
 * at once, and of those who still know the old record when the new one is written, one wins; the others are told what stands.
 */
export async function reclaim(
  database: Database,
  { gone, ...request }: ClaimRequest & { readonly gone: string },
): Promise<ClaimResult> {
  const { tenant, crm, effect, key, owner, eventId, leaseMs, settleMs } = request;
  const [row] = await database.query<DeliveryProgress & { won: boolean }>(
    `with taken as (
       update effects set state = 'claimed', owner = $6, event_id = $7, lease_until = clock_timestamp() + $8 * interval '1 ms',
              settle_after = clock_timestamp() + ($8::bigint + $9::bigint) * interval '1 ms', updated_at = now()
        where tenant = $1 and crm = $2 and effect = $3 and key = $4 and state = 'confirmed' and record_id = $5
       returning key)
     select exists (select 1 from taken) as won, e.state as was, e.record_id, e.desired, e.event_id,
            ${msUntil("e.settle_after")} as busy_ms
       from effects e where e.tenant = $1 and e.crm = $2 and e.effect = $3 and e.key = $4`,
    [tenant, crm, effect, key, gone, owner, eventId, spanMs(leaseMs), spanMs(settleMs)],
  );
  if (row?.won === true) return { state: "won", settle: false, replaces: gone };
  // Another one claimed it meanwhile and gave it back.
  if (row === undefined) return (await claim(database, [request]))[0] ?? { state: "busy", forMs: 50 };
  // The snapshot is from before the other's claim.
  return row.was === "confirmed" && row.record_id === gone ? { state: "busy", forMs: 50 } : progress(row);
}

function toKey(claimed: { tenant: string; crm: string; effect: string; key: string }): string {
  return JSON.stringify([claimed.tenant, claimed.crm, claimed.effect, claimed.key]);
}
