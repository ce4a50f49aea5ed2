import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { PGlite, types, type Transaction } from "@electric-sql/pglite";
import type { Database } from "../src/database.ts";
import { migrate } from "../src/migrate.ts";

const MIGRATIONS = new URL("../migrations/", import.meta.url);
const CACHE = new URL("../../../node_modules/.cache/inlet/", import.meta.url);

/** As the driver answers them (database.ts). */
const PARSERS = {
  [types.INT8]: Number,
  [types.NUMERIC]: (value: string) => value,
  [types.BYTEA]: (value: string) => Buffer.from(value.slice(2), "hex"),
};

/**
 * A real Postgres in this process, with every migration, for tests of what the ledger's SQL decides. It has one connection: what several do
 * at once (locks, `skip locked`, leases between processes) is for integration tests. Making its files takes five seconds of a processor, so
 * that is done once for all test files, until a migration or PGlite itself changes.
 */
export async function openMemoryDatabase(): Promise<Database> {
  const prepared = new URL(`ledger-${await readFilesVersion()}.tar`, CACHE);
  const files = await readFile(prepared).catch(() => null);
  if (files !== null) return databaseOn(await PGlite.create({ parsers: PARSERS, loadDataDir: new Blob([files]) }));
  const postgres = await PGlite.create({ parsers: PARSERS });
  const database = databaseOn(postgres);
  await migrate(database);
  await keep(postgres, prepared);
  return database;
}

function databaseOn(postgres: PGlite): Database {
  const rowsIn =
    (runner: PGlite | Transaction): Database["query"] =>
    async <Row>(sql: string, values: unknown[] = []) =>
      values.length === 0
        ? ((await runner.exec(sql)).at(-1)?.rows as Row[])
        : (await runner.query<Row>(sql, values)).rows;
  return {
    query: rowsIn(postgres),
    transaction: async (work) => postgres.transaction(async (transaction) => work(rowsIn(transaction))),
    close: async () => postgres.close(),
  };
}

/** Whole or absent: several test processes do it at once. */
async function keep(postgres: PGlite, file: URL): Promise<void> {
  await postgres.exec("checkpoint");
  const dump = await postgres.dumpDataDir("none");
  const temporary = new URL(`.${randomUUID()}.tmp`, CACHE);
  await mkdir(CACHE, { recursive: true });
  // Forty megabytes each.
  const former = (await readdir(CACHE)).filter((name) => /^ledger-.*\.tar$/.test(name) && !file.href.endsWith(name));
  for (const name of former) await rm(new URL(name, CACHE), { force: true });
  await writeFile(temporary, Buffer.from(await dump.arrayBuffer()));
  await rename(temporary, file);
}

async function readFilesVersion(): Promise<string> {
  const hash = createHash("sha256").update(process.platform);
  hash.update(
    await readFile(
      createRequire(import.meta.url)
        .resolve("@electric-sql/pglite")
        .replace(/dist.*/, "package.json"),
    ),
  );
  for (const name of (await readdir(MIGRATIONS)).toSorted())
    hash.update(name).update(await readFile(new URL(name, MIGRATIONS)));
  return hash.digest("hex").slice(0, 16);
}
