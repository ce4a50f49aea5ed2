import { TOPICS } from "@inlet/schemas";
import { Visitor } from "oxc-parser";
import { expect, test } from "vitest";
import { isCode, isTest, parse, readRepository, report } from "./repository.ts";
import type { Finding, RepositoryFile } from "./repository.ts";

/** Names with a hyphen are unmistakable; `dlq` and `outcomes` are words of their own (a command, a table) and keys of TOPICS. */
const NAMES = Object.values(TOPICS)
  .map((topic) => topic.name)
  .filter((name) => name.includes("-"));

test("topic names are spelled in schemas/src/topics.ts only: code asks topicIn(topic, lane)", () => {
  const looked = { files: 0, strings: 0 };
  const found = spelled(readRepository(), looked);
  report("topic names", { ...looked, names: NAMES.length });
  expect(found).toEqual([]);
});

test("planted: a name, a name in a lane, a name in a template; not a route or a sentence", () => {
  const found = spelled([
    { path: "packages/cli/src/a.ts", text: 'subscribe("raw-events");' },
    { path: "packages/cli/src/b.ts", text: 'subscribe("normalized-events.acme");' },
    { path: "packages/cli/src/c.ts", text: "subscribe(`outbound-messages.${lane}`);" },
    {
      path: "packages/cli/src/d.ts",
      text: 'post("/v1/outbound-messages/demo"); log("raw-events is behind"); // "raw-events"',
    },
  ]);
  expect(found.map((finding) => finding.path)).toEqual([
    "packages/cli/src/a.ts",
    "packages/cli/src/b.ts",
    "packages/cli/src/c.ts",
  ]);
});

function spelled(files: readonly RepositoryFile[], looked = { files: 0, strings: 0 }): Finding[] {
  const found: Finding[] = [];
  for (const file of files.filter(isCode)) {
    // The schemas' own code decides; a test's expectation is worth more when it is written out.
    if (file.path.startsWith("schemas/src/") || isTest(file.path)) continue;
    looked.files += 1;
    const check = (text: unknown): void => {
      if (typeof text !== "string") return;
      looked.strings += 1;
      if (NAMES.some((name) => text === name || text.startsWith(`${name}.`))) {
        found.push({ path: file.path, problem: `"${text}": ask topicIn(…) of @inlet/schemas for the name` });
      }
    };
    new Visitor({
      Literal: (node) => check(node.value),
      TemplateElement: (node) => check(node.value.cooked),
    }).visit(parse(file).program);
  }
  return found;
}
