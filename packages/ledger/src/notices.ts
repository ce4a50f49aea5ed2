import type { Database } from "./database.ts";
import { msSince, spanMs } from "./milliseconds.ts";

/** What a rule tells a system of the tenant's, once an email and rule. */
export interface Notice {
  /** emailKey + "/" + id of the rule. */
  readonly key: string;
  /** Its name in the tenant's file. */
  readonly notice: string;
  /** The JSON as it is sent and signed. */
  readonly body: string;
}

export interface DueNotice extends Notice {
  readonly tenant: string;
  readonly eventId: string;
  /** This one counted. */
  readonly attempts: number;
  /** Since it was made, ms. */
  readonly age: number;
}

export type NoticeEnd =
  | { readonly kind: "sent"; readonly status: number }
  | { readonly kind: "given_up"; readonly why: string }
  | { readonly kind: "later"; readonly delayMs: number };

/** Takes due notices, oldest first; another instance does not get them for `leaseMs`. One whose sender died is due again after it. */
export async function takeNotices(
  database: Database,
  options: { leaseMs: number; limit: number },
): Promise<DueNotice[]> {
  return database.query<{ [Key in keyof DueNotice]: DueNotice[Key] }>(
    `with due as (select tenant, key from notices where ended_at is null and due_at <= clock_timestamp()
        order by due_at limit $2 for update skip locked)
     update notices n set due_at = clock_timestamp() + $1 * interval '1 ms', attempts = attempts + 1
       from due where n.tenant = due.tenant and n.key = due.key
     returning n.tenant, n.key, n.event_id as "eventId", n.notice, n.body, n.attempts,
       ${msSince("n.created_at")} as age`,
    [spanMs(options.leaseMs), options.limit],
  );
}

export async function endNotice(
  database: Database,
  { tenant, key, eventId, notice }: DueNotice,
  end: NoticeEnd,
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
