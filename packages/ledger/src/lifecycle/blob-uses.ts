import { asRows, type Database } from "../database.ts";

/** An email that needs a blob: told before the blob is put, or read. */
export interface BlobUse {
  readonly tenant: string;
  readonly eventId: string;
  /** `<tenant>/<yyyy-mm-dd>/<sha256>`. */
  readonly key: string;
  /** `body`: what the gateway put; `part`: what the parser puts; `copy`: of a record that a hold keeps. */
  readonly kind: "body" | "part" | "copy";
}

/**
 * Notes that emails need blobs. It waits while one of them is being deleted, and what is put after it stays: the row of the blob is locked by either
 * side (0091).
 */
export async function noteBlobUses(database: Database, uses: readonly BlobUse[]): Promise<void> {
  await database.query(
    `with r as (select distinct * from jsonb_to_recordset($1::jsonb) as r(tenant text, event_id text, key text, kind text)),
      kept as (insert into stored_blobs as b (tenant, key) select distinct r.tenant, r.key from r order by 1, 2
               on conflict (tenant, key) do update set due_at = null returning b.key)
     insert into blob_uses (tenant, event_id, key, kind)
       select distinct on (r.tenant, r.event_id, r.key) r.tenant, r.event_id, r.key, r.kind from r order by r.tenant, r.event_id, r.key, r.kind
     on conflict do nothing`,
    [asRows(uses.map(({ eventId, ...use }) => ({ ...use, event_id: eventId })))],
  );
}

/**
 * SQL that takes the uses of the deliveries in `gone(tenant, event_id)` away and gives blobs that are not used any more their time. A body is
 * put by gateways, which ask no one: none does under its key once the day that it names is over.
 */
export const FORGET_BLOB_USES = `
  unused as (delete from blob_uses u using gone g where u.tenant = g.tenant and u.event_id = g.event_id returning u.tenant, u.event_id, u.key, u.kind),
  due as (update stored_blobs b set due_at = case when x.body then greatest(clock_timestamp(), (split_part(b.key, '/', 2)::date + 2)::timestamptz)
                                                  else clock_timestamp() end
            from (select tenant, key, bool_or(kind = 'body') as body from unused group by 1, 2) x
           where b.tenant = x.tenant and b.key = x.key
             and not exists (select from blob_uses o where o.tenant = x.tenant and o.key = x.key
                                and (o.tenant, o.event_id) not in (select g.tenant, g.event_id from gone g))
          returning b.key)`;

/** A blob that no email needs any more. */
export interface DueBlob {
  readonly tenant: string;
  readonly key: string;
}

/**
 * Deletes a blob that is due, by `remove`, which may be asked for one that is gone already. One a transaction, since its row is locked meanwhile:
 * a crash before the commit leaves a row without a blob, which the next round takes. Answers whether there was one.
 */
export async function deleteDueBlob(
  database: Database,
  remove: (blob: DueBlob) => Promise<void>,
): Promise<"deleted" | "kept" | null> {
  return database.transaction(async (query) => {
    const [blob] = await query<{ tenant: string; key: string }>(
      `select tenant, key from stored_blobs where due_at <= clock_timestamp() order by due_at limit 1 for update skip locked`,
    );
    if (blob === undefined) return null;
    const { tenant, key } = blob;
    // By a statement of its own: what noted a use before the lock was taken shows only to a new look.
    const [used] = await query("select 1 from blob_uses where tenant = $1 and key = $2 limit 1", [tenant, key]);
    if (used !== undefined) {
      await query("update stored_blobs set due_at = null where tenant = $1 and key = $2", [tenant, key]);
      return "kept";
    }
    await remove(blob);
    await query("delete from stored_blobs where tenant = $1 and key = $2", [tenant, key]);
    return "deleted";
  });
}
