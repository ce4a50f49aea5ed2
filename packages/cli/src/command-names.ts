import { Command } from "commander";
import { commandsFor } from "./commands/index.ts";
import type { CliContext } from "./context.ts";

/** Every command by its words (`send`, `dlq`, `dlq list`), as `inlet` has them: documents are checked against it. Runs nothing. */
export async function commandNames(): Promise<string[]> {
  const silent: CliContext = { out: () => {}, err: () => {}, isTerminal: false, env: {}, setExitCode: () => {} };
  const program = new Command();
  for (const register of await commandsFor(undefined)) register(program, silent);
  const namesBelow = (command: Command, before: readonly string[]): string[] =>
    command.commands.flatMap((child) => {
      const words = [...before, child.name()];
      return [words.join(" "), ...namesBelow(child, words)];
    });
  return namesBelow(program, []);
}
