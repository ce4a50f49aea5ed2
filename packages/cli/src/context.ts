import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { processEnvironment } from "@inlet/config";
import type { RawEnvironment } from "@inlet/config";
import { asCalled } from "./called-as.ts";

/** The folder of Inlet itself: the clone, or the image's application folder. */
export const INLET_ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** What a command gets: where to print, and the environment. A command registers itself with `register…(program, context)`. */
export interface CliContext {
  /** Results: a table, or JSON with `--json`. Nothing else goes to stdout. */
  out(line: string): void;
  /** Progress, hints, warnings. */
  err(line: string): void;
  /** Whether a person reads what `out` prints. */
  readonly isTerminal: boolean;
  /** The process's own variables. Most commands want {@link operatorEnvironment}. */
  readonly env: RawEnvironment;
  /** Ends the command with this exit code when it returns: 1 when what was asked for failed in part. */
  setExitCode(code: 0 | 1): void;
}

/** What was asked for failed, and the message says all there is to say (exit 1). */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
}

/** The command was called in a way that makes no sense (exit 2). */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The command could not look at what it was asked about, so that it says neither yes nor no (exit 2). */
export class CouldNotLook extends Error {
  override readonly name = "CouldNotLook";
}

export function processContext(): CliContext & { exitCode(): number } {
  let code = 0;
  return {
    out: (line) => void process.stdout.write(`${asCalled(line)}\n`),
    err: (line) => void process.stderr.write(`${asCalled(line)}\n`),
    isTerminal: process.stdout.isTTY === true,
    env: processEnvironment(),
    setExitCode: (next) => {
      code = Math.max(code, next);
    },
    exitCode: () => code,
  };
}

/** Where `inlet up` keeps everything, unless `--data` says otherwise. */
export const DEFAULT_DATA_DIR = path.join(INLET_ROOT, ".inlet");

/** In the data folder: the addresses of the stack that `inlet up` started, as KEY=VALUE lines. */
export const STACK_ENV_FILE = "stack.env";

/**
 * The environment for commands that talk to a running Inlet: the process's own variables; what is missing there as `inlet up` last
 * wrote it (so that `npx inlet show ID` works beside `npm start` without a variable set); then config/demo.env and the usual places.
 */
export function operatorEnvironment(context: CliContext): RawEnvironment {
  return withDefaults(context.env, readEnvFile(path.join(DEFAULT_DATA_DIR, STACK_ENV_FILE)), demoEnvironment(), {
    TENANTS_DIR: path.join(INLET_ROOT, "config", "tenants"),
  });
}

/** config/demo.env: the public secrets of the sample tenant. */
export function demoEnvironment(): Record<string, string> {
  return readEnvFile(path.join(INLET_ROOT, "config", "demo.env"));
}

/** The first value that is set and not empty counts, name by name. `X_FILE` counts as X being set. */
export function withDefaults(...environments: readonly RawEnvironment[]): Record<string, string> {
  const merged: Record<string, string> = {};
  for (const environment of environments) {
    for (const [name, value] of Object.entries(environment)) {
      if (value === undefined || value === "" || name in merged || `${name}_FILE` in merged) continue;
      merged[name] = value;
    }
  }
  return merged;
}

/** KEY=VALUE lines; `#` starts a comment line. A file that is not there is empty. */
export function readEnvFile(file: string): Record<string, string> {
  if (!existsSync(file)) return {};
  const lines = readFileSync(file, "utf8").split(/\r?\n/);
  const pairs = lines
    .filter((line) => /^[A-Z][A-Z0-9_]*=/.test(line))
    .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const);
  return Object.fromEntries(pairs);
}
