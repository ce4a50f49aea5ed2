import { openLedger } from "@inlet/ledger";
import { openDatabase, type Database } from "@inlet/ledger/database";
import type { Bench } from "./suite.ts";

/** A database of the bench's own on its server, with the ledger's tables, dropped at the end. */
export async function createBenchDatabase(
  bench: Bench,
  name: string,
): Promise<{ readonly connectionString: string; readonly database: Database }> {
  const { env } = await bench.stack();
  const server = openDatabase({ connectionString: env.DATABASE_URL });
  const own = `${name}_${process.pid}`;
  await server.query(`create database ${own}`);
  const address = new URL(env.DATABASE_URL);
  address.pathname = `/${own}`;
  const connectionString = address.href;
  const database = openDatabase({ connectionString, patient: true });
  bench.onEnd(async () => {
    await database.close();
    await server.query(`drop database ${own}`);
    await server.close();
  });
  const ledger = openLedger({ connectionString });
  await ledger.migrate();
  await ledger.close();
  return { connectionString, database };
}
