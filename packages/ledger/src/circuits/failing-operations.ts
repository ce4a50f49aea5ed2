import type { Database } from "../database.ts";
import { msSince } from "../milliseconds.ts";

/** A call that failed although the CRM answers. */
export interface FailedCall {
  readonly tenant: string;
  readonly crm: string;
  /** The email's step. */
  readonly operation: string;
  readonly eventId: string;
  readonly code: string;
}

/** Whether the call meets this email only, or anyone who makes it. */
export interface CallEvidence {
  /** The email failed at the operation before. */
  readonly again: boolean;
  /** Somebody got through the operation since then. */
  readonly othersGotThrough: boolean;
  /** Other emails that failed at it lately, since somebody got through; counted up to a few. */
  readonly othersFailed: number;
  readonly failingMs: number;
}

/** Waiting emails that are due at once when the operation is back; the others come by themselves within minutes. */
const MOST_RELEASED = 200;

/** Notes the failure; answers what it says together with those before. */
export async function recordFailedCall(
  database: Database,
  { tenant, crm, operation, eventId, code }: FailedCall,
): Promise<CallEvidence> {
  const [row] = await database.query<CallEvidence>(
    `with before as (select failed_at from failed_calls where tenant = $1 and crm = $2 and operation = $3 and event_id = $4),
      op as (
        insert into failing_operations as o (tenant, crm, operation, code, failing_since) values ($1, $2, $3, $5, clock_timestamp())
        on conflict (tenant, crm, operation) do update set code = excluded.code, failing_since = coalesce(o.failing_since, clock_timestamp())
        returning ok_at, failing_since),
      noted as (
        insert into failed_calls (tenant, event_id, crm, operation, failed_at) values ($1, $4, $2, $3, clock_timestamp())
        on conflict (tenant, event_id) do update set crm = excluded.crm, operation = excluded.operation, failed_at = excluded.failed_at)
     select exists (select 1 from before) as again,
            coalesce((select failed_at from before) <= op.ok_at, false) as "othersGotThrough",
            (select count(*) from (
               select 1 from failed_calls f
                where f.tenant = $1 and f.crm = $2 and f.operation = $3 and f.event_id <> $4
                  and f.failed_at > greatest(op.ok_at, clock_timestamp() - interval '1 hour') limit 8) others)::int as "othersFailed",
            ${msSince("op.failing_since")} as "failingMs"
       from op`,
    [tenant, crm, operation, eventId, code],
  );
  return row ?? { again: false, othersGotThrough: false, othersFailed: 0, failingMs: 0 };
}

/** Somebody got through an operation that had failed: what waits for it is due. */
export async function recordGotThrough(
  database: Database,
  tenant: string,
  crm: string,
  operation: string,
): Promise<void> {
  await database.query(
    `with ok as (
       update failing_operations set ok_at = clock_timestamp(), failing_since = null
        where tenant = $1 and crm = $2 and operation = $3 and failing_since is not null returning tenant),
      released as (
       select f.event_id from failed_calls f join ok using (tenant)
        where f.crm = $2 and f.operation = $3 order by f.failed_at limit ${MOST_RELEASED})
     update waiting w set due_at = clock_timestamp() from released r
      where w.tenant = $1 and w.event_id = r.event_id and w.kind = 'parked' and w.due_at > clock_timestamp()`,
    [tenant, crm, operation],
  );
}

/** Forgets failures of a day ago: their emails have ended, or fail anew. */
export async function forgetFailedCalls(database: Database): Promise<void> {
  await database.query(
    `delete from failed_calls where (tenant, event_id) in (
       select tenant, event_id from failed_calls where failed_at < clock_timestamp() - interval '1 day' limit 1000)`,
  );
}
