import { asRows, type Database } from "../database.ts";
import { JOB_COLUMNS, type Job, type JobKind, type JobProgress } from "./job.ts";

export interface JobTake {
  readonly holder: string;
  readonly leaseMs: number;
  readonly kinds: readonly JobKind[];
  readonly service: string;
  readonly lanes: readonly string[];
}

/** `$2` ms from now, by Postgres' clock. */
const LEASE = "clock_timestamp() + $2 * interval '1 millisecond'";

/**
 * Takes one job that is to be worked on: asked for and begun by no one, let go by a holder whose lease is over, or to be cancelled, which
 * its holder does, since only that one knows what is to be put away. Null when there is none.
 */
export async function takeJob(
  database: Database,
  { holder, leaseMs, kinds, service, lanes }: JobTake,
): Promise<Job | null> {
  const [job] = await database.query<Job>(
    `with free as (
       select id from jobs
        where kind = any ($3) and service = $4 and lane = any ($5)
          and (state in ('waiting', 'running') or (state = 'paused' and wanted = 'cancel'))
          and (lease_until is null or lease_until < clock_timestamp())
        order by asked_at, id limit 1 for update skip locked)
     update jobs j set state = 'running', holder = $1, lease_until = ${LEASE}, started_at = coalesce(started_at, clock_timestamp())
       from free where j.id = free.id
     returning ${JOB_COLUMNS.replace(/^id/, "j.id")}`,
    [holder, leaseMs, kinds, service, lanes],
  );
  return job ?? null;
}

/**
 * Renews the lease and tells how far the job is. Answers the row as it stands, with what is wanted of its holder; null when another one has the job
 * by now, who then goes on from what was told last.
 */
export async function reportJob(
  database: Database,
  held: { readonly id: string; readonly holder: string; readonly leaseMs: number },
  progress: JobProgress,
): Promise<Job | null> {
  const [job] = await database.query<Job>(
    `update jobs j set lease_until = ${LEASE}, done = p.done, total = coalesce(p.total, j.total), results = p.results,
            place = coalesce(p.place, j.place)
       from jsonb_to_recordset($4::jsonb) as p (done bigint, total bigint, results jsonb, place jsonb)
      where j.id = $3 and j.holder = $1 and j.state = 'running'
     returning ${JOB_COLUMNS.replaceAll(/\b(id|done|total|results|place)\b/g, "j.$1")}`,
    [held.holder, held.leaseMs, held.id, asRows([progress])],
  );
  return job ?? null;
}

/** Lets a job go: paused as it was wanted, or for the next holder at once, when this process stops. */
export async function letGoOfJob(database: Database, id: string, holder: string): Promise<void> {
  await database.query(
    `update jobs set holder = null, lease_until = null,
            state = case when wanted = 'pause' then 'paused' else 'waiting' end,
            wanted = case when wanted = 'pause' then null else wanted end
      where id = $2 and holder = $1 and state = 'running'`,
    [holder, id],
  );
}

/** Ends a job for good; audited in the same statement. False when another holder has it. */
export async function finishJob(
  database: Database,
  held: { readonly id: string; readonly holder: string },
  end: { readonly state: "done" | "cancelled" | "failed"; readonly detail?: string | null },
): Promise<boolean> {
  const rows = await database.query(
    `with ended as (
       update jobs set state = $3, detail = $4, wanted = null, holder = null, lease_until = null, ended_at = clock_timestamp()
        where id = $2 and holder = $1 and state = 'running' returning *)
     insert into audit (actor, action, detail)
       select actor, 'job ended', jsonb_strip_nulls(jsonb_build_object('job', id, 'kind', kind, 'name', name, 'tenant', filter ->> 'tenant', 'state', state,
                'detail', detail, 'done', done, 'total', total, 'results', results)) from ended returning id`,
    [held.holder, held.id, end.state, end.detail ?? null],
  );
  return rows.length > 0;
}

/** Notes that a partition of a live group was set back; by its member, no matter which instance holds the job. */
export async function markRewound(database: Database, id: string, partition: number): Promise<void> {
  await database.query(
    `update jobs set place = place || jsonb_build_object('rewound', coalesce(place -> 'rewound', '{}') || jsonb_build_object($2::text, true))
      where id = $1 and state in ('waiting', 'running', 'paused')`,
    [id, String(partition)],
  );
}
