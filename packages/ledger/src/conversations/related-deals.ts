import { asRows, type Database } from "../database.ts";
import { msUntil } from "../milliseconds.ts";

/** An email that looks for the deal that it belongs to, where nothing names one (WR3). */
export interface RelatedDealsQuestion {
  readonly tenant: string;
  readonly crm: string;
  readonly emailKey: string;
  readonly eventId: string;
  readonly pass: number;
  /** Canonical. */
  readonly conversationId: string;
  /** Epoch ms. */
  readonly receivedAt: number;
  /** The key of its sender and subject, and how far apart two such emails may have been received, ms; null where it is not matched by that. */
  readonly subject: { readonly key: string; readonly withinMs: number } | null;
  /** Its sender's normalized address and the campaigns that it is tagged with; null where there is none. */
  readonly campaign: { readonly contact: string; readonly names: readonly string[] } | null;
}

export interface RelatedDeals {
  readonly conversationHasDeal: boolean;
  /** Deals of other emails with its subject key, each deal once with its newest email, the newest first. */
  readonly sameSubject: readonly { readonly eventId: string; readonly dealId: string }[];
  /** Of the emails with its subject key that asked before it one has yet to end, perhaps with a deal: ask again after so many ms. */
  readonly undecidedForMs: number | null;
  /** Messages of its campaigns that were sent to its sender before it came, each deal once with its newest message, the newest first. */
  readonly campaignMessages: readonly {
    readonly messageId: string;
    readonly campaign: string;
    readonly dealId: string;
  }[];
}

/** Emails of one subject that are looked at, the newest. */
const MOST_EMAILS = 200;
/** While an email is being delivered, ms. */
const DELIVERING_MS = 500;

/**
 * Answers for each email, in order. An email with a subject takes its place among those first, in a statement that is committed by itself,
 * so that of two at once the second sees the first; asked again it has the same place, hence a replay decides the same.
 */
export async function relatedDeals(
  database: Database,
  questions: readonly RelatedDealsQuestion[],
): Promise<RelatedDeals[]> {
  const rows = questions.map((question, i) => ({
    i,
    tenant: question.tenant,
    crm: question.crm,
    email_key: question.emailKey,
    event_id: question.eventId,
    pass: question.pass,
    conversation_id: question.conversationId,
    received_at: question.receivedAt,
    subject_key: question.subject?.key ?? null,
    within_ms: question.subject?.withinMs ?? null,
    contact: question.campaign?.contact ?? null,
    campaigns: (question.campaign?.names ?? []).map((name) => name.toLowerCase()),
  }));
  const withSubject = rows.filter(({ subject_key }) => subject_key !== null);
  const placed =
    withSubject.length === 0
      ? []
      : await database.query<{ i: number; seq: number }>(
          `select r.i, place_subject(r.tenant, r.email_key, r.event_id, r.subject_key, r.conversation_id, r.received_at, r.pass) as seq
             from (select * from jsonb_to_recordset($1::jsonb) as r(i int, tenant text, email_key text, event_id text, subject_key text,
                          conversation_id text, received_at bigint, pass int) order by tenant, i) r`,
          [asRows(withSubject)],
        );
  const places = new Map(placed.map(({ i, seq }) => [i, seq]));
  const found = await database.query<{ i: number } & RelatedDeals>(ASK, [
    asRows(rows.map((row) => ({ ...row, seq: places.get(row.i) ?? null }))),
    MOST_EMAILS,
    DELIVERING_MS,
  ]);
  const answers = new Map(found.map(({ i, ...answer }) => [i, answer]));
  return questions.map((_, index) => answers.get(index) as RelatedDeals);
}

// A waiting email counts as undecided only at the head of its conversation: one behind another may wait for the very email that asks.
const ASK = `
  with r as (select * from jsonb_to_recordset($1::jsonb) as r(i int, tenant text, crm text, email_key text, conversation_id text, received_at bigint,
        subject_key text, within_ms bigint, contact text, campaigns jsonb, seq bigint)),
   before as (
     select r.i, r.tenant, r.crm, s.* from r cross join lateral (
       select p.seq, p.email_key, p.event_id, coalesce(c.canonical_id, p.conversation_id) as conversation_id
         from recent_subjects p left join conversations c on c.tenant = p.tenant and c.conversation_id = p.conversation_id
        where p.tenant = r.tenant and p.subject_key = r.subject_key and p.seq < r.seq and abs(p.received_at - r.received_at) <= r.within_ms
          and coalesce(c.canonical_id, p.conversation_id) <> r.conversation_id
        order by p.seq desc limit $2) s),
   deals as (
     select distinct on (b.i, e.record_id) b.i, b.seq, b.event_id, e.record_id
       from before b join effects e on e.tenant = b.tenant and e.crm = b.crm and e.effect = 'deal' and e.key = b.conversation_id
                                   and e.state = 'confirmed' and e.record_id is not null
      order by b.i, e.record_id, b.seq desc),
   undecided as (
     select b.i, min(greatest($3::double precision, coalesce(${msUntil("w.due_at")}, 0))) as ms
       from before b join deliveries d on d.tenant = b.tenant and d.email_key = b.email_key
                     left join waiting w on w.tenant = d.tenant and w.event_id = d.event_id
      where d.state = 'delivering'
         or (d.state = 'waiting' and w.stage = 'deliver'
             and not exists (select 1 from waiting h where h.tenant = w.tenant and h.stage = w.stage
                                and h.conversation_id = w.conversation_id and h.seq < w.seq))
      group by b.i),
   campaign as (
     select distinct on (r.i, s.deal_id) r.i, s.message_id, s.campaign, s.deal_id, s.sent_at
       from r join sent_messages s on s.tenant = r.tenant and s.contact_email = r.contact and s.deal_id is not null and s.campaign is not null
      where r.campaigns ? lower(s.campaign) and s.sent_at <= r.received_at
      order by r.i, s.deal_id, s.sent_at desc)
  select r.i,
         exists (select 1 from effects e where e.tenant = r.tenant and e.crm = r.crm and e.effect = 'deal' and e.key = r.conversation_id
                    and e.state = 'confirmed' and e.record_id is not null) as "conversationHasDeal",
         coalesce((select jsonb_agg(jsonb_build_object('eventId', d.event_id, 'dealId', d.record_id) order by d.seq desc)
                     from deals d where d.i = r.i), '[]') as "sameSubject",
         (select u.ms from undecided u where u.i = r.i) as "undecidedForMs",
         coalesce((select jsonb_agg(jsonb_build_object('messageId', c.message_id, 'campaign', c.campaign, 'dealId', c.deal_id) order by c.sent_at desc)
                     from campaign c where c.i = r.i), '[]') as "campaignMessages"
    from r`;
