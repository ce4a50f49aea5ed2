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
}

/** Asks for a job; audited in the same statement. */
export async function createJob(database: Database, request: JobRequest): Promise<Job> {
  const [job] = await database.query<Job>(
    `with asked as (
       insert into jobs (id, kind, service, lane, name, actor, why, filter, frozen, total)
       select r.id, r.kind, r.service, r.lane, r.name, r.actor, r.why, coalesce(r.filter, '{}'), coalesce(r.frozen, '{}'), r.total
         from jsonb_to_recordset($1::jsonb) as r (id text, kind text, service text, lane text, name text, actor text, why text,
                                                  filter jsonb, frozen jsonb, total bigint)
       returning *),
      told as (insert into audit (actor, action, detail)
        select actor, 'job asked', jsonb_strip_nulls(jsonb_build_object('job', id, 'kind', kind, 'name', name, 'why', why,
                 'service', service, 'lane', lane, 'filter', filter, 'total', total)) from asked)
     select ${JOB_COLUMNS} from asked`,
    [asRows([request])],
  );
  if (job === undefined) throw new Error(`the job ${request.id} was not kept`);
  return job;
}
