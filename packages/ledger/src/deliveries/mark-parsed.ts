import { asRows, type Database } from "../database.ts";
import type { PersonDigests } from "../erasure/person-digests.ts";

/** A delivery whose normalized record is durable. */
export interface Parsed {
  readonly tenant: string;
  readonly eventId: string;
  readonly emailKey: string;
  readonly contentHash: string;
  readonly conversationId: string;
  readonly messageId: string | null;
  /** Of the From address, lower-case ASCII; null where it has none. */
  readonly senderDomain: string | null;
  /** Addresses of those who wrote it, as a contact's key has them; kept as digests. */
  readonly writers: readonly string[];
  /** Keyed hashes, by which it is searched for. */
  readonly terms: readonly { readonly kind: "address" | "subject"; readonly hash: string }[];
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly parsedAt: number;
}

/** Moves the rows of a batch on, in one statement, after their records were produced. Rows that are further already only lose their starts. */
export async function markParsed(database: Database, people: PersonDigests, parsed: readonly Parsed[]): Promise<void> {
  if (parsed.length === 0) return;
  const unique = [...new Map(parsed.map((p) => [`${p.tenant}/${p.eventId}`, p])).values()];
  const writers = await Promise.all(unique.map(async (p) => people.digest(p.tenant, p.writers)));
  await database.query(
    `with r as (select * from jsonb_to_recordset($1::jsonb) as r(tenant text, event_id text, email_key text, content_hash text,
          conversation_id text, message_id text, sender_domain text, writers jsonb, terms jsonb, topic text, partition int, "offset" bigint, parsed_at bigint)),
      locked as (select d.tenant, d.event_id, d.state = 'accepted' or (d.state = 'waiting' and d.stage = 'parse') as moves
                   from deliveries d join r using (tenant, event_id) order by d.tenant, d.event_id for update of d),
      unwaited as (delete from waiting w using locked l where w.tenant = l.tenant and w.event_id = l.event_id and w.stage = 'parse' and l.moves),
      signed as (insert into email_writers (tenant, event_id, person)
        select r.tenant, r.event_id, p.person from r join locked using (tenant, event_id)
          cross join lateral jsonb_array_elements_text(r.writers) as p(person) order by 1, 2, 3 on conflict do nothing),
      findable as (insert into search_terms (tenant, hash, received_at, event_id, kind)
        select r.tenant, decode(t.hash, 'hex'), d.received_at, r.event_id, t.kind from r join locked using (tenant, event_id)
          join deliveries d using (tenant, event_id) cross join lateral jsonb_to_recordset(r.terms) as t(kind text, hash text)
         order by 1, 2, 3, 4 on conflict do nothing)
     update deliveries d set
       starts = 0,
       alone_starts = 0,
       state = case when locked.moves then 'parsed' else d.state end,
       -- what parsing used up is not missing in delivery
       attempt = case when locked.moves then 0 else d.attempt end,
       email_key = coalesce(d.email_key, r.email_key),
       message_id = coalesce(d.message_id, r.message_id),
       conversation_id = coalesce(d.conversation_id, r.conversation_id),
       content_hash = coalesce(d.content_hash, r.content_hash),
       sender_domain = coalesce(d.sender_domain, r.sender_domain),
       parsed_at = coalesce(d.parsed_at, r.parsed_at),
       normalized_topic = case when locked.moves or d.state = 'parsed' then r.topic else d.normalized_topic end,
       normalized_partition = case when locked.moves or d.state = 'parsed' then r.partition else d.normalized_partition end,
       normalized_offset = case when locked.moves or d.state = 'parsed' then r."offset" else d.normalized_offset end
      from r join locked using (tenant, event_id)
     where d.tenant = r.tenant and d.event_id = r.event_id`,
    [
      asRows(
        unique.map((p, n) => ({
          tenant: p.tenant,
          event_id: p.eventId,
          email_key: p.emailKey,
          content_hash: p.contentHash,
          conversation_id: p.conversationId,
          message_id: p.messageId,
          sender_domain: p.senderDomain,
          writers: writers[n],
          terms: p.terms,
          topic: p.topic,
          partition: p.partition,
          offset: p.offset,
          parsed_at: p.parsedAt,
        })),
      ),
    ],
  );
}
