import { readFileSync } from "node:fs";
import { commandNames } from "@inlet/cli";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { readRepository, report, ROOT } from "../architecture/repository.ts";

const pages = readRepository().filter((file) => file.path.endsWith(".md") || file.path === "docker-compose.yml");

test("every `inlet …` command in the documents exists", async () => {
  const tree = new Set(await commandNames());
  const named = pages.flatMap(({ path, text }) => namedCommands(text).map((words) => ({ path, words })));
  const unknown = named.filter(({ words }) => !exists(words, tree));
  report("documented commands", { pages: pages.length, commands: named.length, existing: tree.size });
  expect(unknown).toEqual([]);
});

test("every `npm run …` in the documents exists", () => {
  const readScripts = (path: string): object =>
    (JSON.parse(readFileSync(`${ROOT}${path}`, "utf8")) as { scripts?: object }).scripts ?? {};
  const named = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/npm run ([a-z][a-z0-9:]*)(?: -w @inlet\/([a-z-]+))?/g)].map(([, name = "", workspace]) => ({
      path,
      name,
      manifest: workspace === undefined ? "package.json" : `packages/${workspace}/package.json`,
    })),
  );
  report("documented npm scripts", { scripts: named.length });
  expect(named.filter(({ name, manifest }) => !(name in readScripts(manifest)))).toEqual([]);
});

test("every compose service named in the documents exists", () => {
  const { services } = parse(readFileSync(`${ROOT}docker-compose.yml`, "utf8"), { merge: true }) as {
    services: Record<string, unknown>;
  };
  const named = pages.flatMap(({ text }) => [
    ...[
      ...text.matchAll(/docker compose (?:run --rm(?: --volume "[^"]+")?|logs --follow|exec --index 2) ([a-z-]+)/g),
    ].map((match) => match[1]),
    ...[...text.matchAll(/--scale ([a-z-]+)=/g)].map((match) => match[1]),
  ]);
  const lanes = /^(crm-sink|parser)-acme$/;
  report("documented compose services", { services: named.length });
  expect(named.filter((name) => name === undefined || !(name in services || lanes.test(name)))).toEqual([]);
});

test("planted: a command that does not exist, and how commands are read", () => {
  const tree = new Set(["send", "dlq", "dlq list"]);
  expect(namedCommands("    npx inlet dlq list --json\n`inlet send FILE`, `inlet dlq purge`")).toEqual([
    ["dlq", "list"],
    ["send"],
    ["dlq", "purge"],
  ]);
  expect(exists(["dlq", "list"], tree)).toBe(true);
  expect(exists(["dlq", "purge"], tree)).toBe(false);
  expect(exists(["fly"], tree)).toBe(false);
  // What follows a command without subcommands are its arguments.
  expect(exists(["send", "mail"], tree)).toBe(true);
});

/** The lower-case words after `inlet` in code: a span, an indented line, a fence, or a command of the compose file. */
function namedCommands(text: string): string[][] {
  return [
    ...text.matchAll(/(?:`|^ {4}|&& |npx |run --rm |\bc", ")(?:npx )?inlet ((?:[a-z|]+(?:-[a-z|]+)* ?)+)/gm),
  ].flatMap((match) => alternatives((match[1] as string).trim().split(" ")));
}

/** `topics apply|check` names two commands. */
function alternatives(words: readonly string[]): string[][] {
  return words.reduce<string[][]>(
    (found, word) => found.flatMap((before) => word.split("|").map((choice) => [...before, choice])),
    [[]],
  );
}

function exists([command, subcommand]: readonly string[], tree: ReadonlySet<string>): boolean {
  if (command === undefined || !tree.has(command)) return false;
  const hasSubcommands = [...tree].some((name) => name.startsWith(`${command} `));
  return !hasSubcommands || subcommand === undefined || tree.has(`${command} ${subcommand}`);
}
