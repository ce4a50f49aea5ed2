import type { Database } from "../database.ts";
import type { PersonDigests } from "../erasure/person-digests.ts";
import { epochMs } from "../milliseconds.ts";
import { isHeld } from "./held.ts";

/** What a hold keeps: mail of the tenant that fits every field that is given. */
export interface LegalHoldRequest {
  readonly id: string;
  readonly tenant: string;
  /** Of who wrote it, as a contact's key has it. */
  readonly address?: string | null | undefined;
  readonly eventId?: string | null | undefined;
  readonly conversationId?: string | null | undefined;
  /** Received from then on, up to then, epoch ms. */
  readonly from?: number | null;
  readonly until?: number | null;
  readonly actor: string;
  readonly why: string;
}

/** As operators see it: without the address. Times are epoch ms. */
export interface LegalHold {
  readonly id: string;
  readonly tenant: string;
  readonly person: string | null;
  readonly eventId: string | null;
  readonly conversationId: string | null;
  readonly from: number | null;
  readonly until: number | null;
  readonly actor: string;
  readonly why: string;
  readonly since: number;
  readonly releasedAt: number | null;
  readonly releasedBy: string | null;
}

const COLUMNS = `id, tenant, person, event_id as "eventId", conversation_id as "conversationId", from_at as "from", until_at as "until", actor, why,
  ${epochMs("since")} as since, ${epochMs("released_at")} as "releasedAt", released_by as "releasedBy"`;

/** Audited in the same transaction, by the person's digest. */
export async function addLegalHold(
  database: Database,
  people: PersonDigests,
  request: LegalHoldRequest,
): Promise<LegalHold> {
  const { id, tenant, address = null, eventId = null, conversationId = null, from = null, until = null } = request;
  const [person = null] = address === null ? [] : await people.digest(tenant, [address]);
  return database.transaction(async (query) => {
    const [hold] = await query<LegalHold>(
      `insert into legal_holds (id, tenant, person, address, event_id, conversation_id, from_at, until_at, actor, why)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning ${COLUMNS}`,
      [id, tenant, person, address, eventId, conversationId, from, until, request.actor, request.why],
    );
    await audit(query, request.actor, "legal hold added", tenant, {
      hold: id,
      person,
      eventId,
      conversationId,
      from,
      until,
      why: request.why,
    });
    return hold as LegalHold;
  });
}

/** Ends a hold; erasures that it kept pending go on at once. Null where none of that id is in force. */
export async function releaseLegalHold(database: Database, id: string, actor: string): Promise<LegalHold | null> {
  return database.transaction(async (query) => {
    const [hold] = await query<LegalHold>(
      `update legal_holds set released_at = clock_timestamp(), released_by = $2, address = null
        where id = $1 and released_at is null returning ${COLUMNS}`,
      [id, actor],
    );
    if (hold === undefined) return null;
    await query("update erasures set looked_at = null where tenant = $1 and ended_at is null", [hold.tenant]);
    await audit(query, actor, "legal hold released", hold.tenant, { hold: id });
    return hold;
  });
}

/** The newest first; `open` leaves out those that were released. */
export async function listLegalHolds(
  database: Database,
  { tenant = null, open = true }: { readonly tenant?: string | null; readonly open?: boolean } = {},
): Promise<LegalHold[]> {
  return database.query<LegalHold>(
    `select ${COLUMNS} from legal_holds where ($1::text is null or tenant = $1) and (not $2::boolean or released_at is null)
      order by legal_holds.since desc, id limit 1000`,
    [tenant, open],
  );
}

/** A delivery that a hold keeps, whose record is to be copied out of Kafka. */
export interface RecordToCopy {
  readonly tenant: string;
  readonly eventId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly receivedAt: number;
}

/** Held mail whose raw record was not copied yet, from a place on; `since` leaves out what Kafka has deleted by its age. */
export async function findRecordsToCopy(
  database: Database,
  {
    after,
    since,
    limit,
  }: { readonly after: { receivedAt: number; eventId: string }; readonly since: number; readonly limit: number },
): Promise<RecordToCopy[]> {
  return database.query<RecordToCopy & object>(
    `select d.tenant, d.event_id as "eventId", d.raw_topic as topic, d.raw_partition as "partition", d.raw_offset as "offset", d.received_at as "receivedAt"
       from deliveries d
      where (d.received_at, d.event_id) > ($1, $2) and d.received_at >= $3
        and d.tenant in (select h.tenant from legal_holds h where h.released_at is null) and d.raw_topic is not null and d.erased_at is null
        and not exists (select from held_records c where c.tenant = d.tenant and c.event_id = d.event_id) and ${isHeld("d")}
      order by d.received_at, d.event_id limit $4`,
    [after.receivedAt, after.eventId, since, limit],
  );
}

/** Notes where the copy of a held record lies. */
export async function noteCopy(
  database: Database,
  copy: { readonly tenant: string; readonly eventId: string; readonly key: string; readonly size: number },
): Promise<void> {
  await database.query(
    `insert into held_records (tenant, event_id, blob_key, blob_bytes) values ($1, $2, $3, $4) on conflict (tenant, event_id) do nothing`,
    [copy.tenant, copy.eventId, copy.key, copy.size],
  );
}

/** How much of a tenant's mail holds keep, and how many of their records were copied. */
export async function countCopies(database: Database, tenant: string): Promise<number> {
  const [row] = await database.query<{ n: number }>("select count(*)::int as n from held_records where tenant = $1", [
    tenant,
  ]);
  return row?.n ?? 0;
}

async function audit(
  query: Database["query"],
  actor: string,
  action: string,
  tenant: string,
  detail: object,
): Promise<void> {
  await query("insert into audit (actor, action, tenant, detail) values ($1, $2, $3, jsonb_strip_nulls($4::jsonb))", [
    actor,
    action,
    tenant,
    JSON.stringify(detail),
  ]);
}
