import { expect, test } from "vitest";
import { isCode, readRepository, report } from "./repository.ts";
import type { Finding, RepositoryFile } from "./repository.ts";

/**
 * Milliseconds and moments run over a 32-bit integer after 24.86 days: then every statement that meets an old row fails. In SQL they are
 * bigint or double precision, whatever they are for.
 */
const NARROW: readonly { readonly of: RegExp; readonly problem: string }[] = [
  { of: /\b\w+_(?:ms|at|until|after)\s+(?:int|int4|integer|real)\b/gi, problem: "a time in 32 bits" },
  {
    of: /extract\s*\(\s*epoch[^;`]{0,120}?::\s*(?:int|int4|integer|real)\b(?!8)/gi,
    problem: "an epoch cast to 32 bits",
  },
];

test("no time in SQL is a 32-bit integer", () => {
  const looked = { files: 0 };
  const found = narrowTimes(readRepository(), looked);
  report("times in SQL", looked);
  expect(found).toEqual([]);
});

test("planted: a lease, a cast, a column; bigint and double precision are allowed", () => {
  const found = narrowTimes([
    { path: "packages/ledger/src/a.ts", text: "jsonb_to_recordset($1) as r(tenant text, lease_ms int)" },
    { path: "packages/ledger/src/b.ts", text: "(extract(epoch from a - clock_timestamp()) * 1000)::int as ms" },
    { path: "packages/ledger/migrations/0001_a.sql", text: "create table a (ended_at integer)" },
    { path: "packages/ledger/src/c.ts", text: "r(lease_ms bigint, pass int), (extract(epoch from at) * 1000)::bigint" },
  ]);
  expect(found.map(({ path }) => path)).toEqual([
    "packages/ledger/src/a.ts",
    "packages/ledger/src/b.ts",
    "packages/ledger/migrations/0001_a.sql",
  ]);
});

function narrowTimes(files: readonly RepositoryFile[], looked = { files: 0 }): Finding[] {
  const found: Finding[] = [];
  for (const file of files) {
    if ((!isCode(file) && !file.path.endsWith(".sql")) || file.path.startsWith("test/architecture/times-in-sql"))
      continue;
    looked.files += 1;
    for (const { of, problem } of NARROW)
      for (const [text] of file.text.matchAll(of)) found.push({ path: file.path, problem: `${problem}: ${text}` });
  }
  return found;
}
