import { readFileSync } from "node:fs";
import path from "node:path";
import type { RunningInlet } from "./running-inlet.ts";

const RUNBOOKS = path.resolve(import.meta.dirname, "../../docs/runbooks");

/** The `npx inlet …` commands that a runbook shows on lines of their own, as words, in its order. */
export function readCommands(page: string): string[][] {
  const text = readFileSync(path.join(RUNBOOKS, `${page}.md`), "utf8");
  return [...text.matchAll(/^ {4,}npx inlet (.+)$/gm)].map(([, command = ""]) => splitWords(command));
}

/** As a shell splits them; only double quotes are known. */
export function splitWords(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare = ""]) => quoted ?? bare);
}

/**
 * Runs the commands of a runbook as they stand there, with the words that a reader fills in replaced: each has to end well. `before` is called with
 * each command, for what a reader does between them.
 */
export async function runRunbook(
  inlet: Pick<RunningInlet, "inlet">,
  page: string,
  {
    replace = {},
    before = async () => {},
  }: {
    readonly replace?: Readonly<Record<string, string>>;
    readonly before?: (command: string) => Promise<void>;
  } = {},
): Promise<string[]> {
  const outputs: string[] = [];
  for (const command of readCommands(page)) {
    await before(command.join(" "));
    const { code, stdout, stderr } = await inlet.inlet(...command.map((word) => replace[word] ?? word));
    if (code !== 0) throw new Error(`${page}: inlet ${command.join(" ")} ended with ${code}:\n${stdout}${stderr}`);
    outputs.push(stdout);
  }
  return outputs;
}
