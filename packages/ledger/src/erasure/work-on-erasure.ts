import type { Database } from "../database.ts";
import { isHeld } from "../lifecycle/held.ts";
import { eraseBatch, OF_PERSON, type ErasedCounts, type ErasureRow } from "./erase-batch.ts";

/** Emails of one transaction. */
const BATCH = 100;
/** What was under way when the erasure was asked for has ended by then, or waits in the ledger, ms. */
const SETTLED_MS = 15 * 60_000;
/** Erasures that are not done are looked at again so often, ms. */
const AGAIN_MS = 30_000;

export interface ErasureRound {
  readonly id: string;
  /** Rows that went in this round. */
  readonly erased: number;
  /** Whether there is more to be done at once. */
  readonly more: boolean;
  readonly state: "running" | "pending" | "done";
}

/**
 * One round of the oldest erasure that is to be looked at; null when there is none. All of it is one transaction, so that a process that dies in it
 * leaves the round before; another one may follow at once.
 */
export async function workOnErasure(database: Database): Promise<ErasureRound | null> {
  return database.transaction(async (query) => {
    const [erasure] = await query<ErasureRow & { counts: ErasedCounts; settled: boolean }>(
      `select id, tenant, person, address, accepted_at, counts,
              asked_at < clock_timestamp() - $1 * interval '1 ms' as settled
         from erasures
        where ended_at is null and (looked_at is null or looked_at < clock_timestamp() - $2 * interval '1 ms')
        order by asked_at limit 1 for update skip locked`,
      [SETTLED_MS, AGAIN_MS],
    );
    if (erasure === undefined) return null;
    const { id, tenant, person, address, accepted_at: acceptedAt } = erasure;
    const mine = [tenant, person, address, acceptedAt];
    const counts = await eraseBatch(query, erasure, BATCH);
    const waiting = await query(
      `update waiting w set end_why = 'erased', erased = true
         from (${OF_PERSON}) d where w.tenant = d.tenant and w.event_id = d.event_id and not w.erased and not ${isHeld("d")} returning 1`,
      mine,
    );
    const total = addCounts(addCounts(erasure.counts, counts), waiting.length === 0 ? {} : { waiting: waiting.length });
    if ((counts["deliveries"] ?? 0) > 0) {
      await query("update erasures set counts = $2 where id = $1", [id, JSON.stringify(total)]);
      return { id, erased: counts["deliveries"] ?? 0, more: true, state: "running" };
    }

    const [left] = await query<{ held: number; open: number }>(
      `select count(*) filter (where held)::int as held, count(*) filter (where not held)::int as open
         from (select ${isHeld("d")} as held from (${OF_PERSON}) d) x`,
      mine,
    );
    const [newer] = await query(
      `select 1 from email_writers w join deliveries d using (tenant, event_id)
        where w.tenant = $1 and w.person = $2 and d.erased_at is null limit 1`,
      [tenant, person],
    );
    const shared = newer === undefined ? await forgetPerson(query, erasure) : {};
    const { held = 0, open = 0 } = left ?? {};
    const state = open > 0 || !erasure.settled ? "running" : held > 0 ? "pending" : "done";
    await query(
      `update erasures set state = $2, counts = $3, held = $4, open = $5, looked_at = clock_timestamp(),
              address = case when $2 = 'done' then null else address end, ended_at = case when $2 = 'done' then clock_timestamp() end
        where id = $1`,
      [id, state, JSON.stringify(addCounts(total, shared)), held, open],
    );
    if (state === "done")
      await query("insert into audit (actor, action, tenant, detail) values ('crm-sink', 'erasure done', $1, $2)", [
        tenant,
        JSON.stringify({ erasure: id, person, counts: addCounts(total, shared) }),
      ]);
    return { id, erased: 0, more: false, state };
  });
}

/** What is the person's and no email's: the contact, and messages that were sent to them. With new mail of theirs it stays: it is needed again. */
async function forgetPerson(query: Database["query"], { id, tenant, address }: ErasureRow): Promise<ErasedCounts> {
  if (address === null) return {};
  const contacts = await query<{ crm: string; record_id: string | null }>(
    `delete from effects e using (select distinct crm from crm_accounts where tenant = $1) c
      where e.tenant = $1 and e.crm = c.crm and e.effect = 'contact' and e.key = $2
        and (e.state <> 'claimed' or e.settle_after < clock_timestamp()) returning e.crm, e.record_id`,
    [tenant, address],
  );
  for (const { crm, record_id: record } of contacts)
    if (record !== null)
      await query(
        "insert into erased_records (erasure_id, crm, effect, record_id) values ($1, $2, 'contact', $3) on conflict do nothing",
        [id, crm, record],
      );
  const sent = await query(
    "update sent_messages set contact_email = null where tenant = $1 and contact_email = $2 returning 1",
    [tenant, address],
  );
  return {
    ...(contacts.length === 0 ? {} : { contacts: contacts.length }),
    ...(sent.length === 0 ? {} : { sent_messages: sent.length }),
  };
}

function addCounts(before: ErasedCounts, more: ErasedCounts): ErasedCounts {
  const sum = { ...before };
  for (const [table, rows] of Object.entries(more)) if (rows > 0) sum[table] = (sum[table] ?? 0) + rows;
  return sum;
}
