import type { Database } from "./database.ts";
import type { OutboxRecord } from "./ending.ts";

/** Where the outbox is published to; rejects when the broker does not acknowledge. */
export type Publish = (record: OutboxRecord) => Promise<unknown>;

/** Publishes the oldest outbox rows and deletes them in the same transaction once all are acknowledged; answers how many. A crash between publishes again: outcomes are keyed and compacted. */
export async function publishOutbox(database: Database, publish: Publish, limit = 200): Promise<number> {
  return database.transaction(async (query) => {
    const rows = await query<{ id: number; topic: string; key: string; value: Buffer; headers: [string, string][] }>(
      "select id, topic, key, value, headers from outbox order by id limit $1 for update skip locked",
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
