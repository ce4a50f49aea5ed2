import type { Database } from "../database.ts";
import { isHeld } from "../lifecycle/held.ts";
import { OF_PERSON } from "./erase-batch.ts";
import type { PersonDigests } from "./person-digests.ts";

/** What an erasure would take, counted; nothing is done. Times are epoch ms. */
export interface ErasurePreview {
  readonly emails: number;
  /** Kept by a hold, of these. */
  readonly held: number;
  /** Rows and blobs, by table. */
  readonly counts: Readonly<Record<string, number>>;
  /** Records of the CRM, by kind. */
  readonly records: Readonly<Record<string, readonly string[]>>;
  readonly oldestAt: number | null;
  readonly newestAt: number | null;
}

const NOW_MS = 9_000_000_000_000_000;

export async function previewErasure(
  database: Database,
  people: PersonDigests,
  { tenant, address }: { readonly tenant: string; readonly address: string },
): Promise<ErasurePreview> {
  const [person] = await people.digest(tenant, [address]);
  const [row] = await database.query<{
    emails: number;
    held: number;
    waiting: number;
    blobs: number;
    journey: number;
    sent: number;
    oldest: number | null;
    newest: number | null;
    records: Record<string, string[]> | null;
  }>(
    `with mine as materialized (${OF_PERSON}),
      named as (select distinct x ->> 'effect' as effect, x ->> 'recordId' as record_id
                  from mine, jsonb_array_elements(mine.effects) x where x ->> 'recordId' is not null)
     select count(*)::int as emails, count(*) filter (where ${isHeld("mine")})::int as held,
            (select count(*)::int from waiting w join mine m using (tenant, event_id)) as waiting,
            (select count(distinct u.key)::int from blob_uses u join mine m using (tenant, event_id)) as blobs,
            (select count(*)::int from journey j join mine m using (tenant, event_id)) as journey,
            (select count(*)::int from sent_messages s where s.tenant = $1 and s.contact_email = $3) as sent,
            min(received_at) as oldest, max(received_at) as newest,
            (select jsonb_object_agg(effect, ids) from (select effect, jsonb_agg(record_id order by record_id) as ids from named group by effect) n) as records
       from mine`,
    [tenant, person, address, NOW_MS],
  );
  const { emails = 0, held = 0, waiting = 0, blobs = 0, journey = 0, sent = 0 } = row ?? {};
  return {
    emails,
    held,
    counts: { deliveries: emails, waiting, blobs, journey, sent_messages: sent },
    records: row?.records ?? {},
    oldestAt: row?.oldest ?? null,
    newestAt: row?.newest ?? null,
  };
}

/** A record of the CRM that the person's mail made or used. */
export interface ErasedRecord {
  readonly crm: string;
  readonly effect: string;
  readonly recordId: string;
  /** Other people's mail may use it as well. */
  readonly shared: boolean;
}

export async function listErasedRecords(database: Database, id: string): Promise<ErasedRecord[]> {
  return database.query<ErasedRecord & object>(
    `select crm, effect, record_id as "recordId", shared from erased_records where erasure_id = $1 order by crm, effect, record_id`,
    [id],
  );
}
