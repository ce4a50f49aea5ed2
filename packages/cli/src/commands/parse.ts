import { describeOffline } from "@inlet/email";
import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { readEmailFile } from "../read-email-file.ts";

/** `inlet parse`: what Inlet understands of an email, without a running Inlet. */
export function registerParse(program: Command, context: CliContext): void {
  program
    .command("parse")
    .summary("print what Inlet understands of emails, offline")
    .description(
      `Print what Inlet understands of emails. Offline: nothing is sent or started.

One line of JSON per file on standard output (indented on a terminal): its
"file" and the normalized email, or {"file", "error": {"code", "message"}}. Exit code 1 when one could not be
understood.`,
    )
    .argument(
      "<file...>",
      ".eml files (raw MIME), or .json files as a sender of signed JSON posts them; - reads one from standard input",
    )
    .option("--json", "print JSON, as without it: what other commands print as a table has this option too")
    .action(async (files: string[]) => {
      for (const file of files) {
        const described = { file, ...(await describe(file)) };
        if ("error" in described) context.setExitCode(1);
        context.out(JSON.stringify(described, null, context.isTerminal ? 2 : 0));
      }
    });
}

async function describe(file: string): Promise<object> {
  try {
    return await describeOffline(await readEmailFile(file), { file, now: Date.now() });
  } catch (error) {
    return { file, error: { code: "unreadable_file", message: (error as Error).message } };
  }
}
