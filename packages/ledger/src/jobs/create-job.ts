import { asRows, type Database } from "../database.ts";
import { JOB_COLUMNS, type Job, type JobDetail, type JobKind } from "./job.ts";

export interface JobRequest {
  readonly id: string;
  readonly kind: JobKind;
  readonly service: string;
  readonly lane: string;
  readonly name: string;
  readonly actor: string;
  readonly why?: string | null;
  readonly filter?: JobDetail;
  readonly frozen?: JobDetail;
  readonly total?: number | null;
  /** Of jobs with the same text one is under way at a time; null: this one minds no other. */
  readonly underWay?: string | null;
}

/** Asks for a job; audited in the same statement. */
export async function createJob(database: Database, request: JobRequest): Promise<Job> {
  const job = await insertJob(database, request);
  if (job === null) throw new Error(`the job ${request.id} was not kept`);
  return job;
}

/** Asks for a job unless one about the same is under way: then answers that one, and asks for none. */
export async function createJobOnce(
  database: Database,
  request: JobRequest & { readonly underWay: string },
): Promise<{ readonly job: Job; readonly created: boolean }> {
  for (;;) {
    const job = await insertJob(database, request);
    if (job !== null) return { job, created: true };
    const [other] = await database.query<Job>(
      `select ${JOB_COLUMNS} from jobs where under_way = $1 and state in ('waiting', 'running', 'paused')`,
      [request.underWay],
    );
    // None: it ended at this moment.
    if (other !== undefined) return { job: other, created: false };
  }
}

async function insertJob(database: Database, request: JobRequest): Promise<Job | null> {
  const [job] = await database.query<Job>(
    `with asked as (
       insert into jobs (id, kind, service, lane, name, actor, why, filter, frozen, total, under_way)
       select r.id, r.kind, r.service, r.lane, r.name, r.actor, r.why, coalesce(r.filter, '{}'), coalesce(r.frozen, '{}'), r.total, r."underWay"
         from jsonb_to_recordset($1::jsonb) as r (id text, kind text, service text, lane text, name text, actor text, why text,
                                                  filter jsonb, frozen jsonb, total bigint, "underWay" text)
       on conflict (under_way) where state in ('waiting', 'running', 'paused') do nothing
       returning *),
      told as (insert into audit (actor, action, detail)
        select actor, 'job asked', jsonb_strip_nulls(jsonb_build_object('job', id, 'kind', kind, 'name', name, 'why', why,
                 'service', service, 'lane', lane, 'filter', filter, 'total', total)) from asked)
     select ${JOB_COLUMNS} from asked`,
    [asRows([request])],
  );
  return job ?? null;
}
