import type { Database } from "../database.ts";
import { CRM_CODE, whereDeadLetter, type DeadLetterSet } from "./dead-letter-set.ts";

const DAY_MS = 86_400_000;

/** Dead letters of one kind. Times are epoch ms. */
export interface DeadLetterGroup {
  readonly tenant: string;
  readonly reason: string | null;
  /** What the CRM said; null where it was none of its faults. */
  readonly code: string | null;
  /** The release that ended them; null: one that did not say so. */
  readonly release: string | null;
  readonly emails: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** How many ended on each day, by its date in UTC; days without any are left out. */
  readonly days: Readonly<Record<string, number>>;
}

type Row = Omit<DeadLetterGroup, "days"> & { readonly days: Readonly<Record<string, number>> };

/** Dead letters by tenant, reason, the CRM's code and release, the most first. */
export async function groupDeadLetters(
  database: Database,
  set: DeadLetterSet,
  limit: number | null = null,
): Promise<DeadLetterGroup[]> {
  const values: unknown[] = [limit];
  const rows = await database.query<Row>(
    `with days as (
       select d.tenant, d.reason, ${CRM_CODE} as code, d.ended_release as release, d.ended_at / ${DAY_MS} as day, count(*) as emails,
              min(d.ended_at) as first_at, max(d.ended_at) as last_at
         from deliveries d where ${whereDeadLetter(set, values)} group by 1, 2, 3, 4, 5)
     select tenant, reason, code, release, sum(emails)::bigint as emails, min(first_at) as "firstAt", max(last_at) as "lastAt",
            jsonb_object_agg(day, emails order by day) as days
       from days group by 1, 2, 3, 4 order by 5 desc, 1, 2, 3, 4 limit $1`,
    values,
  );
  return rows.map(({ days, ...row }) => ({
    ...row,
    days: Object.fromEntries(
      Object.entries(days).map(([day, emails]) => [new Date(Number(day) * DAY_MS).toISOString().slice(0, 10), emails]),
    ),
  }));
}

/** What a set comes to for one tenant. Times are epoch ms. */
export interface DeadLetterShare {
  readonly tenant: string;
  readonly emails: number;
  readonly oldestAt: number;
  readonly newestAt: number;
  /** Of these the dlq has the record no longer. */
  readonly gone: number;
}

/** What a set comes to, tenant by tenant. What ended before `keptSince` is in the dlq no longer. */
export async function measureDeadLetters(
  database: Database,
  set: DeadLetterSet,
  keptSince: number,
): Promise<DeadLetterShare[]> {
  const values: unknown[] = [keptSince];
  return database.query(
    `select d.tenant, count(*) as emails, min(d.ended_at) as "oldestAt", max(d.ended_at) as "newestAt",
            count(*) filter (where d.ended_at < $1::bigint or d.dlq_topic is null) as gone
       from deliveries d where ${whereDeadLetter(set, values)} group by 1 order by 2 desc, 1`,
    values,
  );
}
