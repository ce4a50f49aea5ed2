import { analyse } from "scslre";
import { Visitor } from "oxc-parser";
import { expect, test } from "vitest";
import { isCode, isTest, parse, readRepository, report } from "./repository.ts";
import type { Finding, RepositoryFile } from "./repository.ts";

/** Code that runs on bytes of strangers. */
const READERS = /^(?:schemas|packages\/(?:email|mailboxes|providers|sources|domain))\/src\//;

/** Patterns whose backtracking the length of what they run on bounds: each names the bound. */
const BOUNDED: Readonly<Record<string, string>> = {
  "/\\*.*$/": "charset labels are cut to 60 characters",
};

test("no pattern that runs on mail goes back over its input more than a constant number of times", () => {
  const looked = { files: 0, patterns: 0 };
  const allowed = new Set<string>();
  const found = slowPatterns(readRepository(), looked, allowed);
  report("regular expressions", looked);
  expect(found).toEqual([]);
  expect([...allowed], "an entry that no pattern needs is to go").toEqual(Object.keys(BOUNDED));
});

test.each([
  ["exponential", String.raw`/^(?:\s*margin\s*:[^;]*;?\s*)+$/`],
  ["two loops that trade", String.raw`/:\s*(.*)$/`],
  ["one loop begun at each place", String.raw`/[.,;:]+$/`],
])("planted: %s is found", (_name, pattern) => {
  const path = "packages/email/src/a.ts";
  expect(slowPatterns([{ path, text: `export const A = ${pattern};` }]).map((finding) => finding.path)).toEqual([path]);
});

test("planted: what is bounded or begins nowhere else passes", () => {
  const text = String.raw`export const A = [/^:\s{0,20}([a-z]*)$/, /(?<![.,;:])[.,;:]+$/];`;
  expect(slowPatterns([{ path: "packages/email/src/a.ts", text }])).toEqual([]);
});

/** Findings of the literals: strings given to `new RegExp` are made of them or have their own tests. */
function slowPatterns(
  files: readonly RepositoryFile[],
  looked = { files: 0, patterns: 0 },
  allowed = new Set<string>(),
): Finding[] {
  const found: Finding[] = [];
  for (const file of files) {
    if (!READERS.test(file.path) || !isCode(file) || isTest(file.path)) continue;
    looked.files += 1;
    new Visitor({
      Literal(node) {
        if (!("regex" in node)) return;
        looked.patterns += 1;
        const { pattern, flags } = node.regex;
        const literal = `/${pattern}/${flags}`;
        const { reports } = analyse({ source: pattern, flags }, { maxReports: 1 });
        const [first] = reports;
        if (first === undefined) return;
        if (literal in BOUNDED) allowed.add(literal);
        else
          found.push({
            path: file.path,
            problem: `${literal}: ${first.exponential ? "exponential" : "polynomial"} backtracking; bound its loops, or name in BOUNDED what bounds its input`,
          });
      },
    }).visit(parse(file).program);
  }
  return found;
}
