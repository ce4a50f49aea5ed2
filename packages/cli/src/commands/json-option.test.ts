import { Command } from "commander";
import { expect, test } from "vitest";
import { COMMANDS } from "./index.ts";

/** What shows something, by its name; what acts says in its own way what it did. */
const SHOWS = /^(?:list|show|check|verify|head|try|parse|reconcile|tenants)$/;

test("every command that lists or shows something has --json", async () => {
  const program = new Command("inlet");
  const context = { out: () => {}, err: () => {}, isTerminal: false, env: {}, setExitCode: () => {} };
  for (const load of Object.values(COMMANDS)) (await load())(program, context);
  const shows = findLeaves(program).filter(({ command }) => SHOWS.test(command.name()));
  expect(shows.map(({ path }) => path)).toEqual(expect.arrayContaining(["list", "dlq list", "buffer list", "parse"]));
  const without = shows.filter(({ command }) => !command.options.some(({ long }) => long === "--json"));
  expect(without.map(({ path }) => path)).toEqual([]);
});

/** Commands that do something themselves, with the words that call them. */
function findLeaves(command: Command, path = ""): { readonly command: Command; readonly path: string }[] {
  return command.commands.flatMap((each) => {
    const own = `${path} ${each.name()}`.trim();
    return each.commands.length === 0 ? [{ command: each, path: own }] : findLeaves(each, own);
  });
}
