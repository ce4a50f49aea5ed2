import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readRepository, report, ROOT } from "../architecture/repository.ts";

const PAGE = readFileSync(`${ROOT}docs/concepts/ledger.md`, "utf8");
const MIGRATIONS = readRepository()
  .filter(({ path }) => path.startsWith("packages/ledger/migrations/"))
  .map(({ text }) => text.replace(/--.*$/gm, ""))
  .join("\n");

/** Made by the migrations' own code. */
const OWN_TABLE = { migrations: "name" };

test("the page of the ledger shows every table of the migrations with its key, and no other", () => {
  const tables = { ...tablesIn(MIGRATIONS), ...OWN_TABLE };
  report("tables of the ledger", { tables: Object.keys(tables).length });
  expect(tablesShown(PAGE)).toEqual(tables);
});

test("the page names every state, stage, kind and effect that the ledger takes", () => {
  const values = choicesIn(MIGRATIONS);
  report("choices of the ledger", { values: values.length });
  expect(values.filter((value) => !PAGE.includes(`\`${value}\``))).toEqual([]);
});

test("planted: a table without its row, a row without its table, a key that changed, an unknown state", () => {
  const sql = `create table one (tenant text not null, id text, state text check (state in ('asleep')),
    primary key (tenant, id));
    create table two (id bigint generated always as identity primary key);
    create table gone (id text primary key); drop table gone;`;
  expect(tablesIn(sql)).toEqual({ one: "tenant, id", two: "id" });
  expect(tablesShown("| `one` | `id` | …\n| `three` | `tenant, id` |")).toEqual({ one: "id", three: "tenant, id" });
  expect(choicesIn(sql)).toEqual(["asleep"]);
});

/** Tables with their primary keys, as they stand after all migrations. */
function tablesIn(sql: string): Record<string, string> {
  const dropped = new Set([...sql.matchAll(/^\s*drop table (\w+)|; drop table (\w+)/gm)].map((m) => m[1] ?? m[2]));
  const made = [...sql.matchAll(/create table (\w+) \(([\s\S]*?)\);/g)].filter(([, name]) => !dropped.has(name));
  return Object.fromEntries(made.map(([, name = "", body = ""]) => [name, getKey(body)]));
}

function getKey(columns: string): string {
  return (
    /primary key \(([^)]+)\)/.exec(columns)?.[1] ??
    /^\s*(\w+) [^,]*?primary key/m.exec(columns)?.[1] ??
    "no primary key"
  );
}

/** Rows of the page whose first two cells are code: a table and its key. */
function tablesShown(page: string): Record<string, string> {
  return Object.fromEntries([...page.matchAll(/^\| `(\w+)` +\| `([\w, ]+)`/gm)].map(([, name, key]) => [name, key]));
}

/** The values of every `check (column in (…))`. */
function choicesIn(sql: string): string[] {
  const lists = [...sql.matchAll(/check \(\w+ in \(([^)]*)\)\)/g)].map(([, list = ""]) => list);
  return [...new Set(lists.flatMap((list) => [...list.matchAll(/'(\w+)'/g)].map(([, value = ""]) => value)))];
}
