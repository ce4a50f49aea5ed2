import { readdirSync, readFileSync } from "node:fs";
import type { Database } from "./database.ts";

const MIGRATIONS = new URL("../migrations/", import.meta.url);

/** Applies what is missing, in order, each in one transaction under a lock; answers the names of those applied. Safe to run from several processes at once. */
export async function migrate(database: Database): Promise<string[]> {
  const files = readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith(".sql"))
    .toSorted();
  return database.transaction(async (query) => {
    await query("select pg_advisory_xact_lock(8271)");
    await query(
      "create table if not exists migrations (name text primary key, applied_at timestamptz not null default now())",
    );
    const done = new Set((await query<{ name: string }>("select name from migrations")).map((row) => row.name));
    const applied: string[] = [];
    for (const name of files) {
      if (done.has(name)) continue;
      await query(readFileSync(new URL(name, MIGRATIONS), "utf8"));
      await query("insert into migrations (name) values ($1)", [name]);
      applied.push(name);
    }
    return applied;
  });
}

/** Names of migrations that the database lacks; all of them when it has none yet. */
export async function pendingMigrations(database: Database): Promise<string[]> {
  const files = readdirSync(MIGRATIONS).filter((name) => name.endsWith(".sql"));
  const [exists] = await database.query<{ there: boolean }>("select to_regclass('migrations') is not null as there");
  if (exists?.there !== true) return files;
  const done = new Set((await database.query<{ name: string }>("select name from migrations")).map((row) => row.name));
  return files.filter((name) => !done.has(name));
}
