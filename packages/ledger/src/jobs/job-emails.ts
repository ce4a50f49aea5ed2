import { asRows, type Database } from "../database.ts";

/** A field of a record as it is, and as a replay would leave it; the words of the service that says it. */
export interface JobChange {
  readonly record: string;
  readonly field: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly result: string;
}

/** What a job did, or a dry run would do, with an email. */
export interface JobEmail {
  readonly tenant: string;
  readonly eventId: string;
  readonly result: string;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly changes: readonly JobChange[];
}

export interface ListedJobEmail extends JobEmail {
  /** As its delivery stands now; null: there is none any more. */
  readonly state: string | null;
}

/** Of one job. */
export const MOST_JOB_EMAILS = 10_000;
/** Of a field's value. */
const MOST_CHARACTERS = 120;

/** Notes what became of emails; of one that is noted again the newer word counts. Beyond {@link MOST_JOB_EMAILS} none is added. */
export async function noteJobEmails(database: Database, job: string, emails: readonly JobEmail[]): Promise<void> {
  if (emails.length === 0) return;
  const rows = [...new Map(emails.map((email) => [`${email.tenant}/${email.eventId}`, email])).values()];
  await database.query(
    `insert into job_emails (job, tenant, event_id, result, reason, detail, changes)
       select $1, r.tenant, r."eventId", r.result, r.reason, r.detail, r.changes
         from jsonb_to_recordset($2::jsonb) as r (tenant text, "eventId" text, result text, reason text, detail text, changes jsonb)
        where (select count(*) from (select from job_emails where job = $1 limit $3) kept) < $3
     on conflict (job, tenant, event_id) do update
       set result = excluded.result, reason = excluded.reason, detail = excluded.detail, changes = excluded.changes`,
    [job, asRows(rows.map((row) => ({ ...row, changes: row.changes.map(cutShort) }))), MOST_JOB_EMAILS],
  );
}

function cutShort(change: JobChange): JobChange {
  const cut = (value: string | null): string | null =>
    value === null || value.length <= MOST_CHARACTERS ? value : `${value.slice(0, MOST_CHARACTERS)}…`.toWellFormed();
  return { ...change, from: cut(change.from), to: cut(change.to) };
}

/** The emails of a job, in the order of their ids, behind a place. */
export async function listJobEmails(
  database: Database,
  job: string,
  page: {
    readonly result?: string | undefined;
    readonly after?: { readonly tenant: string; readonly eventId: string } | undefined;
    readonly limit: number;
  },
): Promise<ListedJobEmail[]> {
  const values: unknown[] = [job, page.after?.tenant ?? "", page.after?.eventId ?? "", page.limit];
  const result = page.result === undefined ? "" : `and e.result = $${values.push(page.result)}`;
  return database.query(
    `select e.tenant, e.event_id as "eventId", e.result, e.reason, e.detail, e.changes, d.state
       from job_emails e left join deliveries d on d.tenant = e.tenant and d.event_id = e.event_id
      where e.job = $1 and (e.tenant, e.event_id) > ($2, $3) ${result} order by e.tenant, e.event_id limit $4`,
    values,
  );
}

/** What fields would become is kept for a week, what became of emails for a month. */
export async function forgetJobEmails(database: Database): Promise<void> {
  await database.query(
    `delete from job_emails e using jobs j where j.id = e.job
        and j.asked_at < clock_timestamp() - case j.kind when 'dry_run' then interval '7 days' else interval '30 days' end`,
  );
}
