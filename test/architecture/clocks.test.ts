import { expect, test } from "vitest";
import { isCode, isTest, readRepository, report } from "./repository.ts";
import type { Finding, RepositoryFile } from "./repository.ts";

/**
 * A span of time inside a process is measured with a clock that no one sets (`performance.now()`, `deps.monotonic`): a wall clock that steps
 * back would lengthen a call beyond its lease. Between processes Postgres' clock counts. `Date.now()` is for what is written down.
 */
const NAME = String.raw`\b(?:deadline|until|patient\w*|leaseUntil|beatenAt|askedAt)\b`;
const WALL = String.raw`\b(?:Date|deps)\.now\(\)`;
const SPAN = new RegExp(`${NAME}[^\\n;,]{0,30}${WALL}|${WALL}[^\\n;,]{0,20}${NAME}`, "g");

test("no deadline is kept by the wall clock", () => {
  const looked = { files: 0 };
  const found = wallClockSpans(readRepository(), looked);
  report("clocks", looked);
  expect(found).toEqual([]);
});

test("planted: a deadline by Date.now, by deps.now, compared with it; a monotonic one is allowed", () => {
  const found = wallClockSpans([
    { path: "services/a/src/a.ts", text: "const deadline = Date.now() + 5;" },
    { path: "services/a/src/b.ts", text: "{ deadline: deps.now() + BUDGET_MS }" },
    { path: "services/a/src/c.ts", text: "if (Date.now() > deadline) return;" },
    { path: "services/a/src/d.ts", text: "const deadline = performance.now() + 5, at = Date.now();" },
  ]);
  expect(found.map(({ path }) => path)).toEqual(["services/a/src/a.ts", "services/a/src/b.ts", "services/a/src/c.ts"]);
});

function wallClockSpans(files: readonly RepositoryFile[], looked = { files: 0 }): Finding[] {
  const found: Finding[] = [];
  for (const file of files) {
    if (!isCode(file) || isTest(file.path)) continue;
    looked.files += 1;
    for (const [text] of file.text.matchAll(SPAN))
      found.push({ path: file.path, problem: `measure it with performance.now(): ${text}` });
  }
  return found;
}
