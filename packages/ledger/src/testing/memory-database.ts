import { PGlite, types, type Transaction } from "@electric-sql/pglite";
import type { Database } from "../database.ts";
import { migrate } from "../migrate.ts";

/**
 * A real Postgres in this process, with every migration, for tests of what the ledger's SQL decides. It has one connection: what several do
 * at once (locks, `skip locked`, leases between processes) is for integration tests.
 */
export async function openMemoryDatabase(): Promise<Database> {
  const postgres = await PGlite.create({
    // As the driver answers them (database.ts).
    parsers: {
      [types.INT8]: Number,
      [types.NUMERIC]: (value) => value,
      [types.BYTEA]: (value) => Buffer.from(value.slice(2), "hex"),
    },
  });
  const rowsIn =
    (runner: PGlite | Transaction): Database["query"] =>
    async <Row>(sql: string, values: unknown[] = []) =>
      values.length === 0
        ? ((await runner.exec(sql)).at(-1)?.rows as Row[])
        : (await runner.query<Row>(sql, values)).rows;
  const database: Database = {
    query: rowsIn(postgres),
    transaction: async (work) => postgres.transaction(async (transaction) => work(rowsIn(transaction))),
    close: async () => postgres.close(),
  };
  await migrate(database);
  return database;
}
