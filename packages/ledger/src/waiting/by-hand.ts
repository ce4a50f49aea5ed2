import type { Database } from "../database.ts";
import { epochMs, spanMs } from "../milliseconds.ts";
import { toStoredRecord, type WaitingEmail } from "./take-waiting.ts";

/** Which waiting emails an operator means; what is not said does not matter. */
export interface WaitingFilter {
  readonly eventIds?: readonly string[] | undefined;
  readonly tenant?: string | undefined;
  /** The code under which it waits, or what stands before its first colon (`hubspot` for `hubspot:5xx`). */
  readonly reason?: string | undefined;
  /** Waiting since then or later, epoch ms. */
  readonly since?: number | undefined;
}

/** Only what is asked for stands in the statement, so that Postgres chooses the index for it. */
export function whereWaiting(filter: WaitingFilter, values: unknown[]): string {
  const value = (given: unknown): string => `$${values.push(given)}`;
  const { eventIds, tenant, reason, since } = filter;
  const clauses = [
    ...(eventIds === undefined ? [] : [`w.event_id = any (${value(eventIds)})`]),
    ...(tenant === undefined ? [] : [`w.tenant = ${value(tenant)}`]),
    ...(reason === undefined ? [] : [`${value(reason)} in (w.code, split_part(w.code, ':', 1))`]),
    ...(since === undefined ? [] : [`w.since >= to_timestamp(${value(since)}::double precision / 1000)`]),
  ];
  return clauses.length === 0 ? "true" : clauses.join(" and ");
}

/** How many emails a filter means, by tenant and code. */
export async function countWaiting(
  database: Database,
  filter: WaitingFilter,
): Promise<{ readonly tenant: string; readonly code: string; readonly emails: number }[]> {
  const values: unknown[] = [];
  return database.query(
    `select w.tenant, w.code, count(*) as emails from waiting w where ${whereWaiting(filter, values)} group by 1, 2 order by 1, 2`,
    values,
  );
}

/** What is done by hand, who does it, and how many rows of one statement. */
export interface HandAction {
  readonly act: "retry" | "dead-letter";
  readonly actor: string;
  /** Of a dead letter. */
  readonly why: string | null;
}

const PAGE = 1_000;

/**
 * Makes waiting emails due now, or asks for their end; answers how many. They go on as ever: the head of a conversation first, none while a
 * circuit, a hold or a quota keeps them, and one that is being tried at this moment may end by itself. Audited once, and told in each journey.
 */
export async function actOnWaiting(database: Database, filter: WaitingFilter, action: HandAction): Promise<number> {
  await database.query("insert into audit (actor, action, detail) values ($1, $2, $3)", [
    action.actor,
    `waiting.${action.act}`,
    JSON.stringify({ ...filter, why: action.why }),
  ]);
  let acted = 0;
  let after = { tenant: "", eventId: "" };
  for (;;) {
    const page = await actOnPage(database, filter, action, after);
    acted += page.length;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return acted;
    after = last;
  }
}

async function actOnPage(
  database: Database,
  filter: WaitingFilter,
  { act, actor, why }: HandAction,
  after: { readonly tenant: string; readonly eventId: string },
): Promise<{ tenant: string; eventId: string }[]> {
  const values: unknown[] = [after.tenant, after.eventId, PAGE, actor, why];
  const set = act === "retry" ? "due_at = clock_timestamp()" : "end_why = coalesce($5, '')";
  const rows = await database.query<{ tenant: string; event_id: string }>(
    `with chosen as (
       select w.tenant, w.event_id from waiting w
        where (w.tenant, w.event_id) > ($1, $2) and ${whereWaiting(filter, values)}
        order by w.tenant, w.event_id limit $3 for update of w),
     acted as (update waiting w set ${set} from chosen c where w.tenant = c.tenant and w.event_id = c.event_id returning w.tenant, w.event_id),
     told as (insert into journey (tenant, event_id, service, what, detail)
       select tenant, event_id, 'cli', '${act === "retry" ? "retried by hand" : "taken out by hand"}',
              jsonb_strip_nulls(jsonb_build_object('by', $4::text, 'why', $5::text)) from acted)
     select tenant, event_id from acted order by tenant, event_id`,
    values,
  );
  return rows.map(({ tenant, event_id }) => ({ tenant, eventId: event_id }));
}

/** An email that an operator takes out of what waits. */
export interface EmailTakenOut extends WaitingEmail {
  readonly why: string;
  /** The person who wrote it is erased: it ends as suppressed, and nothing keeps its bytes. */
  readonly erased: boolean;
}

/** Emails of a stage that an operator has taken out, under a lease, whatever keeps them. */
export async function takeTakenOut(
  database: Database,
  take: {
    readonly stage: "parse" | "deliver";
    readonly lanes: readonly string[];
    readonly owner: string;
    readonly leaseMs: number;
    readonly limit: number;
  },
): Promise<EmailTakenOut[]> {
  const rows = await database.query<Parameters<typeof toStoredRecord>[0] & Record<string, unknown>>(
    `with chosen as (
       select w.tenant, w.event_id from waiting w
        where w.end_why is not null and w.stage = $1 and w.lane = any ($2) and (w.lease_until is null or w.lease_until < clock_timestamp())
        order by w.tenant, w.event_id limit $3 for update of w skip locked)
     update waiting w set owner = $4, lease_until = clock_timestamp() + $5 * interval '1 ms'
       from chosen c where w.tenant = c.tenant and w.event_id = c.event_id
     returning w.starts, w.tenant, w.event_id, w.lane, w.kind, w.code, w.pass, w.attempt, w.attempts, w.order_parsed_at, w.topic, w.partition,
               w."offset", w.end_why, w.erased, ${epochMs("w.since")} as since_ms, w.record_timestamp, w.key, w.value, w.headers,
               (select d.email_key from deliveries d where d.tenant = w.tenant and d.event_id = w.event_id) as email_key,
               (select d.received_at from deliveries d where d.tenant = w.tenant and d.event_id = w.event_id) as received_at`,
    [take.stage, take.lanes, take.limit, take.owner, spanMs(take.leaseMs)],
  );
  return rows.map((row) => ({
    tenant: row["tenant"] as string,
    eventId: row["event_id"] as string,
    lane: row["lane"] as string,
    kind: row["kind"] as string,
    code: row["code"] as string,
    pass: row["pass"] as number,
    attempt: row["attempt"] as number,
    attempts: row["attempts"] as Record<string, number>,
    parsedAt: row["order_parsed_at"] as number,
    since: row["since_ms"] as number,
    starts: row["starts"] as number,
    emailKey: row["email_key"] as string | null,
    receivedAt: (row["received_at"] ?? row["record_timestamp"]) as number,
    why: row["end_why"] as string,
    erased: row["erased"] as boolean,
    record: toStoredRecord(row),
  }));
}
