import type { Database } from "../database.ts";
import { msSince, spanMs } from "../milliseconds.ts";

/** What a rule tells a system of the tenant's, once an email and rule. */
export interface Notification {
  /** emailKey + "/" + id of the rule. */
  readonly key: string;
  /** Its name in the tenant's file. */
  readonly notice: string;
  /** The JSON as it is sent and signed. */
  readonly body: string;
}

export interface DueNotification extends Notification {
  readonly tenant: string;
  readonly eventId: string;
  /** This one counted. */
  readonly attempts: number;
  /** Since it was made, ms. */
  readonly age: number;
}

export type NotificationResult =
  | { readonly kind: "sent"; readonly status: number }
  | { readonly kind: "given_up"; readonly why: string }
  | { readonly kind: "later"; readonly delayMs: number };

export interface TakeNotifications {
  readonly leaseMs: number;
  readonly limit: number;
  /** Most notices of one receiver in one take. */
  readonly perReceiver: number;
  /** Receivers ({@link getReceiver}) of which nothing is taken. */
  readonly except: readonly string[];
}

/** Whom a notice goes to: a receiver is a name in a tenant's file. */
export function getReceiver({ tenant, notice }: Pick<DueNotification, "tenant" | "notice">): string {
  return `${tenant}/${notice}`;
}

/**
 * Takes due notices, of each receiver the oldest; another instance does not get them for `leaseMs`. One whose sender died is due again after it.
 * However many wait for a receiver, only its first are read.
 */
export async function takeNotifications(database: Database, options: TakeNotifications): Promise<DueNotification[]> {
  return database.query<{ [Key in keyof DueNotification]: DueNotification[Key] }>(
    `with recursive receivers as (
       (select tenant, notice from notices where ended_at is null order by tenant, notice limit 1)
       union all
       select n.tenant, n.notice from receivers r cross join lateral (
         select tenant, notice from notices where ended_at is null and (tenant, notice) > (r.tenant, r.notice)
          order by tenant, notice limit 1) n),
      due as (
       select d.tenant, d.key, row_number() over (partition by r.tenant, r.notice order by d.due_at) as place
         from receivers r cross join lateral (
           select n.tenant, n.key, n.due_at from notices n
            where n.ended_at is null and n.tenant = r.tenant and n.notice = r.notice and n.due_at <= statement_timestamp()
            order by n.due_at limit $3) d
        where r.tenant || '/' || r.notice <> all ($4)),
      picked as (
       select n.tenant, n.key from notices n join due d using (tenant, key) where n.ended_at is null and n.due_at <= clock_timestamp()
        order by d.place, n.due_at limit $2 for update of n skip locked)
     update notices n set due_at = clock_timestamp() + $1 * interval '1 ms', attempts = attempts + 1
       from picked p where n.tenant = p.tenant and n.key = p.key
     returning n.tenant, n.key, n.event_id as "eventId", n.notice, n.body, n.attempts, ${msSince("n.created_at")} as age`,
    [spanMs(options.leaseMs), options.limit, options.perReceiver, options.except],
  );
}

export async function finishNotification(
  database: Database,
  { tenant, key, eventId, notice }: DueNotification,
  end: NotificationResult,
): Promise<void> {
  if (end.kind === "later") {
    await database.query(
      "update notices set due_at = clock_timestamp() + $3 * interval '1 ms' where tenant = $1 and key = $2 and ended_at is null",
      [tenant, key, spanMs(end.delayMs)],
    );
    return;
  }
  const { kind, ...detail } = end;
  await database.query(
    `with ended as (update notices set ended_at = clock_timestamp(), body = null
        where tenant = $1 and key = $2 and ended_at is null returning 1)
     insert into journey (tenant, event_id, service, what, detail)
       select $1, $3, 'crm-sink', $4, $5::jsonb from ended`,
    [
      tenant,
      key,
      eventId,
      `notice_${kind}`,
      JSON.stringify({ notice, rule: key.slice(key.indexOf("/") + 1), ...detail }),
    ],
  );
}
