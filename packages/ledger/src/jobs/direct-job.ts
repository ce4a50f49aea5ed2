import type { Database } from "../database.ts";
import { JOB_COLUMNS, type Job, type JobKind, type JobState } from "./job.ts";

export type JobOrder = "pause" | "resume" | "cancel";

/** What an order makes of a job, by whether somebody is at it: a holder is asked, since it ends what is under way and puts away what it made. */
const ORDERS: Record<JobOrder, string> = {
  pause: `update jobs set state = case when ${held()} then state else 'paused' end, wanted = case when ${held()} then 'pause' end
           where id = $1 and state in ('waiting', 'running') and wanted is distinct from 'cancel'`,
  resume: `update jobs set state = case when state = 'paused' then 'waiting' else state end, wanted = null
            where id = $1 and (state = 'paused' or (state = 'running' and wanted = 'pause')) and wanted is distinct from 'cancel'`,
  // One that no one ever began left nothing behind.
  cancel: `update jobs set state = case when started_at is null then 'cancelled' else state end,
                  ended_at = case when started_at is null then clock_timestamp() end,
                  wanted = case when started_at is null then null else 'cancel' end
            where id = $1 and state in ('waiting', 'running', 'paused')`,
};

function held(): string {
  return "(state = 'running' and lease_until >= clock_timestamp())";
}

/** Pauses, resumes or cancels a job; audited in the same statement. Answers the row then, null when the job is not in a state for it. */
export async function directJob(database: Database, id: string, order: JobOrder, actor: string): Promise<Job | null> {
  const [job] = await database.query<Job>(
    `with directed as (${ORDERS[order]} returning *),
      told as (insert into audit (actor, action, detail)
        select $2, 'job ' || $3::text, jsonb_strip_nulls(jsonb_build_object('job', id, 'kind', kind, 'name', name, 'tenant', filter ->> 'tenant')) from directed)
     select ${JOB_COLUMNS} from directed`,
    [id, actor, order],
  );
  return job ?? null;
}

export async function getJob(database: Database, id: string): Promise<Job | null> {
  const [job] = await database.query<Job>(`select ${JOB_COLUMNS} from jobs where id = $1`, [id]);
  return job ?? null;
}

/** The newest first; `open` leaves out those that ended. */
export async function listJobs(
  database: Database,
  {
    kind = null,
    open = false,
    state = null,
    tenant = null,
    limit,
  }: {
    readonly kind?: JobKind | null | undefined;
    readonly open?: boolean;
    readonly state?: JobState | null | undefined;
    /** Those that are about this one alone. */
    readonly tenant?: string | null | undefined;
    readonly limit: number;
  },
): Promise<Job[]> {
  return database.query<Job>(
    `select ${JOB_COLUMNS} from jobs
      where ($1::text is null or kind = $1) and (not $2::boolean or state in ('waiting', 'running', 'paused'))
        and ($4::text is null or state = $4) and ($5::text is null or filter ->> 'tenant' = $5)
      order by asked_at desc, id limit $3`,
    [kind, open, limit, state, tenant],
  );
}
