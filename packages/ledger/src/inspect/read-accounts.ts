import { LedgerUnavailableError, type Database } from "../database.ts";
import { countDiscarded, countFrom, type CountPlace } from "./count-rows.ts";
import type { Coordinates } from "./read-deliveries.ts";

/** Which row a page ends with: the next page begins after it. */
export interface RowKey {
  readonly tenant: string;
  readonly eventId: string;
}

/** Before the first row. */
export const FIRST_KEY: RowKey = { tenant: "", eventId: "" };

/** A delivery row as far as it says where its records are. Times are epoch ms. */
export interface AccountRow extends RowKey {
  readonly lane: string;
  readonly state: string;
  readonly pass: number;
  readonly raw: Coordinates | null;
  readonly normalized: Coordinates | null;
  readonly deadLetter: Coordinates | null;
  readonly receivedAt: number;
  readonly parsedAt: number | null;
  readonly endedAt: number | null;
  readonly hasWaitingRow: boolean;
  readonly hasLiveLease: boolean;
}

/** Look-ups by key: written as `exists` Postgres hashes the whole table for each page. */
const COLUMNS = `d.tenant, d.event_id, d.lane, d.state, d.pass, d.raw_topic, d.raw_partition, d.raw_offset, d.normalized_topic, d.normalized_partition,
  d.normalized_offset, d.dlq_topic, d.dlq_partition, d.dlq_offset, d.received_at, d.parsed_at, d.ended_at,
  coalesce((select true from waiting w where w.tenant = d.tenant and w.event_id = d.event_id limit 1), false) as has_waiting,
  d.state in ('accepted', 'parsed', 'delivering', 'waiting') and coalesce((select true from effects e where e.tenant = d.tenant and e.event_id = d.event_id
    and e.state = 'claimed' and e.lease_until > clock_timestamp() limit 1), false) as has_lease`;

type Row = Record<string, unknown>;

function toRow(row: Row): AccountRow {
  const at = (prefix: string): Coordinates | null =>
    row[`${prefix}_topic`] === null
      ? null
      : {
          topic: row[`${prefix}_topic`] as string,
          partition: row[`${prefix}_partition`] as number,
          offset: row[`${prefix}_offset`] as number,
        };
  return {
    tenant: row["tenant"] as string,
    eventId: row["event_id"] as string,
    lane: row["lane"] as string,
    state: row["state"] as string,
    pass: row["pass"] as number,
    raw: at("raw"),
    normalized: at("normalized"),
    deadLetter: at("dlq"),
    receivedAt: row["received_at"] as number,
    parsedAt: row["parsed_at"] as number | null,
    endedAt: row["ended_at"] as number | null,
    hasWaitingRow: row["has_waiting"] as boolean,
    hasLiveLease: row["has_lease"] as boolean,
  };
}

/** Rows in a state, in the order of their keys. */
async function rowsInState(database: Database, state: string, after: RowKey, limit: number): Promise<AccountRow[]> {
  const rows = await database.query<Row>(
    `select ${COLUMNS} from deliveries d where d.state = $1 and (d.tenant, d.event_id) > ($2, $3) order by d.tenant, d.event_id limit $4`,
    [state, after.tenant, after.eventId, limit],
  );
  return rows.map(toRow);
}

/** All rows, in the order of their keys. */
async function rowsAfter(database: Database, after: RowKey, limit: number): Promise<AccountRow[]> {
  const rows = await database.query<Row>(
    `select ${COLUMNS} from deliveries d where (d.tenant, d.event_id) > ($1, $2) order by d.tenant, d.event_id limit $3`,
    [after.tenant, after.eventId, limit],
  );
  return rows.map(toRow);
}

/** The rows of events; an event without one is absent. */
async function findRows(database: Database, events: readonly RowKey[]): Promise<AccountRow[]> {
  const rows = await database.query<Row>(
    `select ${COLUMNS} from unnest($1::text[], $2::text[]) as r(tenant, event_id) join deliveries d using (tenant, event_id)`,
    [events.map(({ tenant }) => tenant), events.map(({ eventId }) => eventId)],
  );
  return rows.map(toRow);
}

/** Events that the journey tells of after a key, and whether each has a row. Everything that ended or waited once is in the journey. */
async function toldAfter(
  database: Database,
  after: RowKey,
  limit: number,
): Promise<(RowKey & { readonly hasRow: boolean })[]> {
  return database.query(
    `with told as (select distinct tenant, event_id from journey where (tenant, event_id) > ($1, $2) order by tenant, event_id limit $3)
     select t.tenant, t.event_id as "eventId", d.tenant is not null as "hasRow" from told t left join deliveries d using (tenant, event_id)
      order by t.tenant, t.event_id`,
    [after.tenant, after.eventId, limit],
  );
}

/** A waiting row: the state of its delivery (null: it has none), and where its record is; `hasBytes` is false where the record is in Kafka alone. */
export interface WaitingAccount extends RowKey {
  readonly state: string | null;
  readonly at: Coordinates;
  readonly hasBytes: boolean;
}

async function waitingAfter(database: Database, after: RowKey, limit: number): Promise<WaitingAccount[]> {
  const rows = await database.query<Row>(
    // The page first: joined as a whole, each page would read all deliveries before it.
    `select w.tenant, w.event_id, (select d.state from deliveries d where d.tenant = w.tenant and d.event_id = w.event_id) as state,
            w.topic, w.partition, w."offset", w.value is not null as has_bytes
       from waiting w where (w.tenant, w.event_id) > ($1, $2) order by w.tenant, w.event_id limit $3`,
    [after.tenant, after.eventId, limit],
  );
  return rows.map((row) => ({
    tenant: row["tenant"] as string,
    eventId: row["event_id"] as string,
    state: row["state"] as string | null,
    at: { topic: row["topic"] as string, partition: row["partition"] as number, offset: row["offset"] as number },
    hasBytes: row["has_bytes"] as boolean,
  }));
}

/** Which of the keys have a record that is still to be published. */
async function outboxKeys(database: Database, keys: readonly string[]): Promise<Set<string>> {
  const rows = await database.query<{ key: string }>("select distinct key from outbox where key = any ($1)", [keys]);
  return new Set(rows.map(({ key }) => key));
}

/** Records that a group never read and that are gone. */
export interface LogGap {
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  readonly cause: "deleted_unread" | "made_anew";
}

/** Keeps gaps for good; one that is known already stays as it is. */
async function rememberGaps(database: Database, gaps: readonly LogGap[], foundBy: string): Promise<void> {
  for (const gap of gaps) {
    await database.query(
      `insert into log_gaps (group_id, topic, partition, from_offset, to_offset, cause, found_by)
       select $1, $2, $3, $4, $5, $6, $7
        where not exists (select 1 from log_gaps g where g.group_id = $1 and g.topic = $2 and g.partition = $3 and g.from_offset <= $4 and g.to_offset >= $5)
       on conflict do nothing`,
      [gap.groupId, gap.topic, gap.partition, gap.from, gap.to, gap.cause, foundBy],
    );
  }
}

async function knownGaps(
  database: Database,
): Promise<(LogGap & { readonly foundAt: number; readonly acknowledged: boolean })[]> {
  return database.query(
    `select group_id as "groupId", topic, partition, from_offset as "from", to_offset as "to", cause, acknowledged_at is not null as acknowledged,
            (extract(epoch from found_at) * 1000)::bigint as "foundAt" from log_gaps order by id limit 10000`,
  );
}

/** Takes note of every gap that is known now; answers how many. Audited. */
async function acknowledgeGaps(database: Database, by: { actor: string; why: string }): Promise<number> {
  return database.transaction(async (query) => {
    const rows = await query<{ id: number }>(
      "update log_gaps set acknowledged_at = clock_timestamp(), acknowledged_by = $1, why = $2 where acknowledged_at is null returning id",
      [by.actor, by.why],
    );
    await query("insert into audit (actor, action, detail) values ($1, 'gaps acknowledged', $2::jsonb)", [
      by.actor,
      JSON.stringify({ why: by.why, gaps: rows.length }),
    ]);
    return rows.length;
  });
}

const KEEP_AGAIN_MS = 1_000;

/** Keeps a gap, however long the ledger is away: anyone who found it reads on only then. */
export async function keepGap(
  accounts: Pick<Accounts, "rememberGaps">,
  gap: LogGap | null,
  foundBy: string,
): Promise<void> {
  while (gap !== null) {
    try {
      await accounts.rememberGaps([gap], foundBy);
      return;
    } catch (error) {
      if (!(error instanceof LedgerUnavailableError)) throw error;
      await new Promise((resolve) => setTimeout(resolve, KEEP_AGAIN_MS));
    }
  }
}

/** How far a partition's log reached when it was looked at. */
export interface LogMark {
  readonly topic: string;
  readonly partition: number;
  readonly high: number;
  /** Epoch ms, and the first offset of that time or later as the broker said then. */
  readonly markedAt: number;
  readonly markedOffset: number;
}

async function readMarks(database: Database): Promise<LogMark[]> {
  return database.query(
    'select topic, partition, high, marked_at as "markedAt", marked_offset as "markedOffset" from log_marks',
  );
}

async function writeMarks(database: Database, marks: readonly LogMark[]): Promise<void> {
  if (marks.length === 0) return;
  await database.query(
    `insert into log_marks (topic, partition, high, marked_at, marked_offset)
     select * from jsonb_to_recordset($1::jsonb) as r(topic text, partition int, high bigint, "markedAt" bigint, "markedOffset" bigint)
      order by topic, partition
     on conflict (topic, partition) do update set high = excluded.high, marked_at = excluded.marked_at, marked_offset = excluded.marked_offset`,
    [JSON.stringify(marks)],
  );
}

/** Whether any delivery came from this topic. */
async function hasRowsFrom(database: Database, topic: string): Promise<boolean> {
  const [row] = await database.query<{ found: boolean }>(
    "select exists (select 1 from deliveries where raw_topic = $1) as found",
    [topic],
  );
  return row?.found ?? false;
}

export type Accounts = ReturnType<typeof createAccounts>;

/** What `inlet reconcile` asks of the ledger: every answer is a page, however many rows there are. */
export function createAccounts(database: Database) {
  return {
    rowsInState: async (state: string, after: RowKey, limit: number) => rowsInState(database, state, after, limit),
    rowsAfter: async (after: RowKey, limit: number) => rowsAfter(database, after, limit),
    findRows: async (events: readonly RowKey[]) => findRows(database, events),
    countFrom: async (after: CountPlace, limit: number) => countFrom(database, after, limit),
    countDiscarded: async () => countDiscarded(database),
    toldAfter: async (after: RowKey, limit: number) => toldAfter(database, after, limit),
    waitingAfter: async (after: RowKey, limit: number) => waitingAfter(database, after, limit),
    outboxKeys: async (keys: readonly string[]) => outboxKeys(database, keys),
    rememberGaps: async (gaps: readonly LogGap[], foundBy: string) => rememberGaps(database, gaps, foundBy),
    knownGaps: async () => knownGaps(database),
    acknowledgeGaps: async (by: { actor: string; why: string }) => acknowledgeGaps(database, by),
    logMarks: async () => readMarks(database),
    writeLogMarks: async (marks: readonly LogMark[]) => writeMarks(database, marks),
    hasRowsFrom: async (topic: string) => hasRowsFrom(database, topic),
  };
}
