import { hashAddress, hashWords, nameSearchKey } from "@inlet/domain";
import type { Database } from "@inlet/ledger/database";
import { topicIn } from "@inlet/schemas";

export const BENCH_SEARCH_KEY = "search-key-of-the-bench-0123456789";
const TENANTS = 97;
/** Addresses and words that emails share, by turns: multiples of the tenants, so that each is of one of them. */
const ADDRESSES = TENANTS * 2_000;
const COMMON_WORDS = TENANTS * 50;
const RARE_WORDS = TENANTS * 1_009;
const DAY_MS = 86_400_000;
/** Emails of so many days. */
const DAYS = 90;

const EVENT = "'evt_' || lpad(to_hex(i), 32, '0')";

function toReceived(now: string, many: number): string {
  return `(${now}::bigint - ((${many} - i) * ${DAYS * DAY_MS}::double precision / ${many})::bigint)`;
}

/** What a delivery of the seed is found by. */
export interface SeededEmail {
  readonly tenant: string;
  readonly eventId: string;
  readonly ids: Readonly<Record<string, string>>;
}

/** The n-th of `many`: what the seeding makes of it, in TypeScript. */
export function describeSeeded(n: number): SeededEmail {
  const hex = n.toString(16).padStart(32, "0");
  return {
    tenant: `t-${n % TENANTS}`,
    eventId: `evt_${hex}`,
    ids: {
      "event id": `evt_${hex}`,
      "email key": `eml_${n}`,
      "conversation id": `cnv_${n - (n % 5)}`,
      "Message-ID": `<m-${n}@customers.example>`,
      "sender's event id": `se-${n}`,
      "sender's delivery id": `sd-${n}`,
      "trace id": hex,
      "CRM record id": `9${n}`,
      "CRM record's address": `https://app.hubspot.com/contacts/1/record/0-1/9${n}`,
      "place in Kafka": `${topicIn("normalizedEvents", "shared")}/${n % 12}/${n}`,
      address: `a${n % ADDRESSES}@customers.example`,
      "two words of a subject": `common${n % COMMON_WORDS} rare${n % RARE_WORDS}`,
      "one common word": "offer",
      "nothing that is known": `unknown-${n}`,
    },
  };
}

/**
 * A ledger of `many` deliveries of 90 days, the newest now: nine in ten written, the rest suppressed, dead-lettered or waiting; each with its
 * journey, and an address and three words to be found by. Without indexes while it is filled.
 */
export async function seedDeliveries(
  database: Database,
  { many, now, note }: { readonly many: number; readonly now: number; readonly note: (line: string) => void },
): Promise<void> {
  const restore = await dropIndexes(database, ["deliveries", "search_terms", "journey"]);
  note(`${many} deliveries`);
  const state = `case when i % 100 < 90 then 'written' when i % 100 < 96 then 'suppressed' when i % 100 < 99 then 'dead_lettered' else 'waiting' end`;
  const at = toReceived("$2", many);
  await database.query(
    `insert into deliveries (tenant, event_id, lane, state, source, source_kind, source_event_id, source_delivery_id, raw_topic, raw_partition, raw_offset,
         normalized_topic, normalized_partition, normalized_offset, dlq_topic, dlq_partition, dlq_offset, email_key, content_hash, conversation_id, message_id,
         reason, effects, trace_id, received_at, accepted_at, parsed_at, delivering_at, ended_at, sender_domain)
     select 't-' || i % ${TENANTS}, ${EVENT}, 'shared', ${state}, 'web', 'signed-json', 'se-' || i, 'sd-' || i,
            $3, i % 12, i, $4, i % 12, i, case when i % 100 in (96, 97, 98) then $5 end, i % 3, case when i % 100 in (96, 97, 98) then i end, 'eml_' || i, md5(i::text),
            'cnv_' || i - i % 5, 'm-' || i || '@customers.example', case when i % 100 in (96, 97, 98) then 'crm_rejected' end,
            case when i % 100 < 90 then jsonb_build_array(jsonb_build_object('effect', 'contact', 'key', 'a' || i % ${ADDRESSES}, 'recordId', '9' || i, 'created', true)) else '[]' end,
            lpad(to_hex(i), 32, '0'), ${at}, ${at} + 50, ${at} + 100, ${at} + 150, -- Of dead letters so long ago that none need be in the dlq, which has none here.
            case when i % 100 < 96 then ${at} + 400 when i % 100 < 99 then ${at} - ${40 * DAY_MS}::bigint end,
            case when i % 1000 = 0 then 'rare.example' else 'd' || i % 500 || '.example' end
       from generate_series(1, $1::int) i`,
    [many, now, topicIn("rawEvents", "shared"), topicIn("normalizedEvents", "shared"), topicIn("dlq", "shared")],
  );
  await database.query(
    `insert into waiting (tenant, event_id, lane, stage, kind, code, conversation_id, due_at, pass, attempt, order_parsed_at, topic,
         partition, "offset", record_timestamp, key, value, headers)
     select 't-' || i % ${TENANTS}, ${EVENT}, 'shared', 'deliver', 'parked', 'circuit_open', 'cnv_' || i, clock_timestamp(), 0, 0, 1,
            $2, i % 12, i, 1, 'key', decode(repeat('00', 200), 'hex'), '[]'
       from generate_series(1, $1::int) i where i % 100 = 99`,
    [many, topicIn("normalizedEvents", "shared")],
  );
  note("their journeys");
  await database.query(
    `insert into journey (tenant, event_id, service, what)
     select 't-' || i % ${TENANTS}, ${EVENT}, 'crm-sink', 'written' from generate_series(1, $1::int) i`,
    [many],
  );
  note("what they are found by");
  await seedTerms(database, many, now);
  note("indexes");
  await restore();
  await database.query("vacuum analyze deliveries");
  await database.query("vacuum analyze search_terms");
  await database.query("vacuum analyze journey");
  await database.query("analyze");
}

/** Hashes are made here, by the key; the statement picks them by number. */
async function seedTerms(database: Database, many: number, now: number): Promise<void> {
  const key = BENCH_SEARCH_KEY;
  await database.query("create table bench_hashes (n int primary key, hash bytea)");
  for (const [kind, turns, hash] of [
    ["address", ADDRESSES, (tenant: string, n: number) => hashAddress(key, tenant, `a${n}@customers.example`)],
    ["subject", COMMON_WORDS, (tenant: string, n: number) => hashWords(key, tenant, `common${n}`)[0]],
    ["subject", RARE_WORDS, (tenant: string, n: number) => hashWords(key, tenant, `rare${n}`)[0]],
    ["subject", TENANTS, (tenant: string) => hashWords(key, tenant, "offer")[0]],
  ] as const) {
    const hashes = Array.from({ length: turns }, (_, n) => hash(`t-${n % TENANTS}`, n) ?? "");
    await database.query("truncate bench_hashes");
    await database.query(
      "insert into bench_hashes select o.n - 1, decode(o.h, 'hex') from unnest($1::text[]) with ordinality o(h, n)",
      [hashes],
    );
    await database.query("analyze bench_hashes");
    await database.query(
      `insert into search_terms (tenant, hash, received_at, event_id, kind)
       select 't-' || i % ${TENANTS}, h.hash, ${toReceived("$2", many)}, ${EVENT}, $3
         from generate_series(1, $1::int) i join bench_hashes h on h.n = i % ${turns}`,
      [many, now, kind],
    );
  }
  await database.query("drop table bench_hashes");
  await database.query("insert into search_keys (name) values ($1)", [nameSearchKey(key)]);
}

/** Answers what makes them again: filling a table without them takes a tenth of the time. */
async function dropIndexes(database: Database, tables: readonly string[]): Promise<() => Promise<void>> {
  const indexes = await database.query<{ name: string; definition: string; constraint: string | null; table: string }>(
    `select i.indexname as name, i.indexdef as definition, c.conname as constraint, i.tablename as table
       from pg_indexes i left join pg_constraint c on c.conname = i.indexname and c.contype = 'p' where i.tablename = any ($1)`,
    [tables],
  );
  for (const { name, constraint, table } of indexes)
    await database.query(constraint === null ? `drop index ${name}` : `alter table ${table} drop constraint ${name}`);
  return async () => {
    await database.query("set maintenance_work_mem = '512MB'");
    for (const { name, definition, constraint, table } of indexes) {
      await database.query(definition);
      if (constraint !== null)
        await database.query(`alter table ${table} add constraint ${name} primary key using index ${name}`);
    }
  };
}
