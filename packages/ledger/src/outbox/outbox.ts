import type { Database } from "../database.ts";
import type { OutboxRecord } from "../deliveries/finish.ts";

/** Where the outbox is published to; rejects when the broker does not acknowledge. */
export type Publish = (record: OutboxRecord) => Promise<unknown>;

/**
 * Publishes the oldest outbox rows and deletes them in the same transaction once all are acknowledged; answers how many. Of a key only the
 * oldest row is taken, no matter who holds it, so that the topic's last record of a key is the last that was written. A crash between publishes
 * again: outcomes are keyed and compacted.
 */
export async function publishOutbox(database: Database, publish: Publish, limit = 200): Promise<number> {
  return database.transaction(async (query) => {
    const rows = await query<{ id: number; topic: string; key: string; value: Buffer; headers: [string, string][] }>(
      `select o.id, o.topic, o.key, o.value, o.headers from outbox o
        where not exists (select 1 from outbox b where b.topic = o.topic and b.key = o.key and b.id < o.id)
        order by o.id limit $1 for update of o skip locked`,
      [limit],
    );
    if (rows.length === 0) return 0;
    await Promise.all(
      rows.map(async (row) =>
        publish({
          topic: row.topic,
          key: row.key,
          value: row.value,
          headers: row.headers.map(([name, value]) => [name, Buffer.from(value, "base64")] as const),
        }),
      ),
    );
    await query("delete from outbox where id = any ($1)", [rows.map((row) => row.id)]);
    return rows.length;
  });
}
