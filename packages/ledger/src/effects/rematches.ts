import type { Database } from "../database.ts";
import { spanMs } from "../milliseconds.ts";

/** An email whose deal is to be looked for again, taken under a lease. */
export interface Rematch {
  readonly tenant: string;
  readonly emailKey: string;
  readonly eventId: string;
  /** Canonical now. */
  readonly conversationId: string;
  readonly attempt: number;
  /** The best registered message that it refers to; null when none of them names a deal any more. */
  readonly sent: { readonly messageId: string; readonly dealId: string } | null;
  /** The state of its delivery; null when there is no row. */
  readonly delivery: string | null;
  /** Its activity by CRM; `recordId` is null unless it is confirmed. */
  readonly activities: readonly { readonly crm: string; readonly state: string; readonly recordId: string | null }[];
}

export type RematchEnd =
  | { readonly kind: "matched"; readonly crm: string; readonly dealId: string; readonly evidence: object }
  /** Tried again after so many ms; `attempt` tells whether that counts as an attempt. */
  | { readonly kind: "later"; readonly delayMs: number; readonly attempt: boolean }
  | { readonly kind: "dropped"; readonly why: string };

/** Takes due rows of the lanes, oldest first, none of a tenant in buffer mode; another instance does not get them while the lease lives. */
export async function takeRematches(
  database: Database,
  options: {
    readonly lanes: readonly string[];
    readonly owner: string;
    readonly leaseMs: number;
    readonly limit: number;
  },
): Promise<Rematch[]> {
  return database.query<{ [Key in keyof Rematch]: Rematch[Key] }>(
    `with due as (
       select tenant, email_key from rematches r
        where lane = any ($1) and due_at <= clock_timestamp() and (lease_until is null or lease_until < clock_timestamp())
          and not exists (select 1 from buffers b where b.tenant = r.tenant)
        order by due_at limit $4 for update skip locked),
      taken as (
       update rematches r set owner = $2, lease_until = clock_timestamp() + $3 * interval '1 ms'
         from due where r.tenant = due.tenant and r.email_key = due.email_key returning r.*)
     select t.tenant, t.email_key as "emailKey", t.event_id as "eventId", t.attempt,
            coalesce((select c.canonical_id from conversations c where c.tenant = t.tenant and c.conversation_id = t.conversation_id),
                     t.conversation_id) as "conversationId",
            (select jsonb_build_object('messageId', s.message_id, 'dealId', s.deal_id)
               from message_mentions m join sent_messages s using (tenant, message_id)
              where m.tenant = t.tenant and m.email_key = t.email_key and s.deal_id is not null order by m.position limit 1) as sent,
            (select d.state from deliveries d where d.tenant = t.tenant and d.event_id = t.event_id) as delivery,
            coalesce((select jsonb_agg(jsonb_build_object('crm', e.crm, 'state', e.state, 'recordId', e.record_id))
               from effects e where e.tenant = t.tenant and e.effect = 'activity' and e.key = t.email_key), '[]') as activities
       from taken t`,
    [options.lanes, options.owner, spanMs(options.leaseMs), options.limit],
  );
}

/** Ends what was taken, in one transaction. A row that another instance took over meanwhile is left to it. */
export async function endRematch(database: Database, rematch: Rematch, owner: string, end: RematchEnd): Promise<void> {
  const { tenant, emailKey, eventId, conversationId } = rematch;
  if (end.kind === "later") {
    await database.query(
      `update rematches set owner = null, lease_until = null, attempt = attempt + $5, due_at = clock_timestamp() + $4 * interval '1 ms'
        where tenant = $1 and email_key = $2 and owner = $3`,
      [tenant, emailKey, owner, spanMs(end.delayMs), end.attempt ? 1 : 0],
    );
    return;
  }
  await database.transaction(async (query) => {
    const ended = await query(
      "delete from rematches where tenant = $1 and email_key = $2 and owner = $3 returning 1 as ended",
      [tenant, emailKey, owner],
    );
    if (ended.length === 0) return;
    const detail = end.kind === "matched" ? { dealId: end.dealId } : { why: end.why };
    await query("insert into journey (tenant, event_id, service, what, detail) values ($1, $2, 'crm-sink', $3, $4)", [
      tenant,
      eventId,
      end.kind === "matched" ? "matched_again" : "not_matched_again",
      JSON.stringify(detail),
    ]);
    if (end.kind === "dropped") return;
    // A conversation without a deal has this one from now on; one that has a deal keeps it.
    await query(
      `insert into effects (tenant, crm, effect, key, state, record_id, created, event_id)
       values ($1, $2, 'deal', $3, 'confirmed', $4, false, $5) on conflict do nothing`,
      [tenant, end.crm, conversationId, end.dealId, eventId],
    );
    await query(
      "update deliveries set evidence = evidence || $3::jsonb, effects = effects || $4::jsonb where tenant = $1 and event_id = $2",
      [
        tenant,
        eventId,
        JSON.stringify({ deal: end.evidence }),
        JSON.stringify([{ effect: "deal", key: conversationId, recordId: end.dealId, created: false }]),
      ],
    );
  });
}
