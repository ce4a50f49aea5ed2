import { expect, test } from "vitest";
import { isCode, isTest, readRepository, report } from "./repository.ts";
import type { Finding, RepositoryFile } from "./repository.ts";

/** Names that say nothing: what has no home of its own ends up in them. Name the idea instead. */
const DRAWERS = new Set(["util", "utils", "helper", "helpers", "common", "misc", "shared", "stuff", "tools"]);

/** Lines of code a file may have. Over it, a reader can no longer hold the file in mind. */
const LINE_BUDGET = 300;
/** Tests are lists of cases: they are read one at a time. */
const TEST_LINE_BUDGET = 500;
/** Files that are longer, each with the reason. */
const LONGER: Readonly<Record<string, { readonly lines: number; readonly reason: string }>> = {};

test("no folder or file is a drawer", () => {
  const files = readRepository();
  const found = drawers(files);
  report("names", { files: files.length });
  expect(found).toEqual([]);
});

test("no source file is longer than its budget", () => {
  const files = readRepository();
  const looked = { files: 0, lines: 0 };
  const found = tooLong(files, looked);
  report("file length", looked);
  expect(found).toEqual([]);
});

test("planted: drawers by folder and by file", () => {
  const paths = [
    "packages/kafka/src/utils/x.ts",
    "packages/kafka/src/helpers.ts",
    "packages/common/package.json",
    "test/mail-helpers.test.ts",
    "packages/kafka/src/shared-lane.ts",
    "packages/kafka/src/commonplace.ts",
  ];
  expect(drawers(paths.map((path) => ({ path, text: "" }))).map((finding) => finding.path)).toEqual(paths.slice(0, 4));
});

test("planted: a file one line over the budget", () => {
  const lines = (count: number): string => "x;\n".repeat(count);
  const found = tooLong([
    { path: "packages/kafka/src/long.ts", text: lines(LINE_BUDGET + 1) },
    { path: "packages/kafka/src/full.ts", text: lines(LINE_BUDGET) },
    { path: "packages/kafka/src/long.test.ts", text: lines(TEST_LINE_BUDGET + 1) },
    { path: "packages/kafka/src/full.test.ts", text: lines(TEST_LINE_BUDGET) },
    { path: "docs/long.md", text: lines(LINE_BUDGET + 1) },
  ]);
  expect(found.map((finding) => finding.path)).toEqual([
    "packages/kafka/src/long.ts",
    "packages/kafka/src/long.test.ts",
  ]);
});

function drawers(files: readonly RepositoryFile[]): Finding[] {
  return files.flatMap(({ path }) => {
    const drawer = path
      .split("/")
      .map((segment) => segment.split(".")[0] as string)
      .find((name) => DRAWERS.has(name) || /-(utils?|helpers?|misc)$/.test(name));
    return drawer === undefined ? [] : [{ path, problem: `"${drawer}" says nothing: name it for what it holds` }];
  });
}

function tooLong(files: readonly RepositoryFile[], looked = { files: 0, lines: 0 }): Finding[] {
  const found: Finding[] = [];
  for (const { path, text } of files.filter(isCode)) {
    const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
    const usual = isTest(path) ? TEST_LINE_BUDGET : LINE_BUDGET;
    const budget = LONGER[path]?.lines ?? usual;
    looked.files += 1;
    looked.lines += lines;
    if (lines > budget) found.push({ path, problem: `${lines} lines, budget ${budget}: split it by idea` });
    else if (path in LONGER && lines <= usual) {
      found.push({ path, problem: "is within the budget now: take it off the list LONGER" });
    }
  }
  return found;
}
