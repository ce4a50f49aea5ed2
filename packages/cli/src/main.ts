import { Command, CommanderError } from "commander";
import { commandsFor } from "./commands/index.ts";
import { CouldNotLook, UsageError, processContext } from "./context.ts";
import { asCalled } from "./called-as.ts";
import { INLET_VERSION } from "./version.ts";
import { NOTHING_RUNS, seeksAbsentStack } from "./absent-stack.ts";

const ABOUT = `Inlet turns inbound email into CRM activity: nothing lost, nothing doubled.

To begin:
  npx inlet up          start everything here and send the sample emails
  npx inlet send FILE   send an email of yours
  npx inlet list        the emails that came
  npx inlet show ID     what became of one`;

/**
 * Runs one command. Resolves with its exit code: 0 done, 1 failed, 2 wrong use or nothing could be found out.
 * @param argv the arguments after `inlet`
 */
export async function main(argv: readonly string[]): Promise<number> {
  const context = processContext();
  const program = new Command("inlet")
    .description(ABOUT)
    // What stands behind a subcommand is the subcommand's, also where the command above it has an option of that name (--json).
    .enablePositionalOptions()
    .version(INLET_VERSION, "-V, --version", "print the version")
    .showHelpAfterError("(inlet --help, or inlet COMMAND --help, says what there is)")
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => process.stdout.write(asCalled(text)),
      writeErr: (text) => process.stderr.write(asCalled(text)),
    })
    .exitOverride();
  for (const register of await commandsFor(argv[0])) register(program, context);
  // Subcommands made before inherit neither of these.
  for (const command of everyCommand(program))
    command.copyInheritedSettings(program).showHelpAfterError("(add --help to see how it is used)");

  try {
    await program.parseAsync([...argv], { from: "user" });
    return context.exitCode();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    context.err(`inlet: ${(await seeksAbsentStack(context.env, error)) ? NOTHING_RUNS : getMessage(error)}`);
    if (context.env["LOG_LEVEL"] === "debug" && error instanceof Error) context.err(error.stack ?? "");
    return error instanceof UsageError || error instanceof CouldNotLook || isWrongUse(error) ? 2 : 1;
  }
}

/** An operation was asked for in a way that makes no sense. By its name: no command is to load all operations for this. */
function isWrongUse(error: unknown): boolean {
  return error instanceof Error && error.name === "Problem" && "code" in error && error.code === "bad-input";
}

function everyCommand(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...everyCommand(child)]);
}

function getMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node's own network errors of several addresses have an empty message.
  const message = error.message === "" ? error.name : error.message;
  const cause =
    error.cause instanceof Error && !message.includes(error.cause.message) ? ` (${error.cause.message})` : "";
  return `${message}${cause}`;
}
