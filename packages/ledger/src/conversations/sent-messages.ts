import { asRows, type Database } from "../database.ts";

/** A message that the tenant sent, as registered. */
export interface SentMessage {
  readonly tenant: string;
  /** Without angle brackets. */
  readonly messageId: string;
  readonly contactEmail: string | null;
  readonly dealId: string | null;
  readonly campaign: string | null;
  /** Epoch ms. */
  readonly sentAt: number;
  /** Epoch ms, the gateway's: the later registration of a message counts. */
  readonly receivedAt: number;
}

/** The messages that an email refers to. */
export interface References {
  readonly tenant: string;
  readonly emailKey: string;
  readonly eventId: string;
  readonly lane: string;
  /** Canonical. */
  readonly conversationId: string;
  /** Best first: In-Reply-To, then References from the newest. */
  readonly messageIds: readonly string[];
}

/**
 * Registers sent messages and lets the emails that referred to them before be matched again. May be repeated: what is known already
 * changes nothing. Two statements, each committed by itself, as in {@link recordReferences}: whichever of a registration and a reply comes second sees the first.
 */
export async function registerSent(database: Database, messages: readonly SentMessage[]): Promise<void> {
  // Of one message registered twice in a batch the later counts; one statement may touch a row only once.
  const newest = new Map<string, SentMessage>();
  for (const message of messages) {
    const key = `${message.tenant}/${message.messageId}`;
    if ((newest.get(key)?.receivedAt ?? 0) <= message.receivedAt) newest.set(key, message);
  }
  if (newest.size === 0) return;
  const rows = asRows(
    [...newest.values()].map((message) => ({
      tenant: message.tenant,
      message_id: message.messageId,
      contact_email: message.contactEmail,
      deal_id: message.dealId,
      campaign: message.campaign,
      sent_at: message.sentAt,
      received_at: message.receivedAt,
    })),
  );
  await database.query(
    `insert into sent_messages as s (tenant, message_id, contact_email, deal_id, campaign, sent_at, received_at)
     select r.tenant, r.message_id, r.contact_email, r.deal_id, r.campaign, r.sent_at, r.received_at
       from jsonb_to_recordset($1::jsonb) as r(tenant text, message_id text, contact_email text, deal_id text, campaign text, sent_at bigint, received_at bigint)
      order by r.tenant, r.message_id
     on conflict (tenant, message_id) do update set contact_email = excluded.contact_email, deal_id = excluded.deal_id,
         campaign = excluded.campaign, sent_at = excluded.sent_at, received_at = excluded.received_at,
         matched = s.matched and s.deal_id is not distinct from excluded.deal_id
       where s.received_at <= excluded.received_at`,
    [rows],
  );
  await database.query(
    `with s as (select s.tenant, s.message_id, s.deal_id from sent_messages s
          join jsonb_to_recordset($1::jsonb) as r(tenant text, message_id text) using (tenant, message_id)
         where not s.matched order by s.tenant, s.message_id for update of s),
      queued as (
        insert into rematches (tenant, email_key, event_id, lane, conversation_id)
        select distinct on (m.tenant, m.email_key) m.tenant, m.email_key, m.event_id, m.lane, m.conversation_id
          from message_mentions m join s using (tenant, message_id) where s.deal_id is not null
         order by m.tenant, m.email_key
        on conflict (tenant, email_key) do update set due_at = now(), attempt = 0)
     update sent_messages u set matched = true from s where u.tenant = s.tenant and u.message_id = s.message_id`,
    [rows],
  );
}

/** Notes which messages emails refer to, and answers those of them that are registered, in the same order, for each email. */
export async function recordReferences(database: Database, emails: readonly References[]): Promise<SentMessage[][]> {
  const rows = asRows(
    emails.flatMap((email, i) =>
      email.messageIds.map((messageId, position) => ({
        i,
        tenant: email.tenant,
        message_id: messageId,
        email_key: email.emailKey,
        event_id: email.eventId,
        lane: email.lane,
        conversation_id: email.conversationId,
        position,
      })),
    ),
  );
  await database.query(
    `insert into message_mentions (tenant, message_id, email_key, event_id, lane, conversation_id, position)
     select distinct on (r.tenant, r.message_id, r.email_key) r.tenant, r.message_id, r.email_key, r.event_id, r.lane, r.conversation_id, r.position
       from jsonb_to_recordset($1::jsonb) as r(tenant text, message_id text, email_key text, event_id text, lane text, conversation_id text, position int)
      order by r.tenant, r.message_id, r.email_key, r.position
     on conflict do nothing`,
    [rows],
  );
  const found = await database.query<{
    i: number;
    tenant: string;
    message_id: string;
    contact_email: string | null;
    deal_id: string | null;
    campaign: string | null;
    sent_at: number;
    received_at: number;
  }>(
    `select r.i, s.tenant, s.message_id, s.contact_email, s.deal_id, s.campaign, s.sent_at, s.received_at
       from jsonb_to_recordset($1::jsonb) as r(i int, tenant text, message_id text, position int) join sent_messages s using (tenant, message_id)
      order by r.i, r.position`,
    [rows],
  );
  const answers: SentMessage[][] = emails.map(() => []);
  for (const row of found) {
    answers[row.i]?.push({
      tenant: row.tenant,
      messageId: row.message_id,
      contactEmail: row.contact_email,
      dealId: row.deal_id,
      campaign: row.campaign,
      sentAt: row.sent_at,
      receivedAt: row.received_at,
    });
  }
  return answers;
}
