import { createInterface } from "node:readline/promises";
import { Problem, type Operation } from "@inlet/operations";
import type { CliContext } from "../context.ts";
import type { Operator } from "./operator.ts";

export interface Confirming {
  /** `--confirm`. */
  readonly confirm?: string;
}

/** Does an operation; where it touches many emails, who asks types whose they are, at a prompt or with `--confirm`. */
export async function callConfirmed<Input, Result extends object>(
  context: Pick<CliContext, "isTerminal" | "err">,
  operator: Operator,
  operation: Operation<Input, Result>,
  body: object,
  { confirm }: Confirming,
  prompt: (question: string) => Promise<string> = askOnTerminal,
): Promise<Result> {
  try {
    return await operator.call(operation, body, { confirm: confirm ?? null });
  } catch (error) {
    const expected = getExpected(error);
    if (expected === null) throw error;
    const { message, members } = error as Problem;
    if (confirm !== undefined || !context.isTerminal || process.stdin.isTTY !== true)
      throw new Problem(428, "confirmation-needed", `${message} Add --confirm ${JSON.stringify(expected)}`, members);
    context.err(message);
    const typed = await prompt(`Type ${expected} to go on: `);
    // What was counted is what is done: the filter's end is the one that was shown.
    const frozen = typeof members["input"] === "object" ? members["input"] : {};
    return operator.call(operation, { ...body, ...frozen }, { confirm: typed.trim() });
  }
}

function getExpected(error: unknown): string | null {
  if (!(error instanceof Problem) || error.code !== "confirmation-needed") return null;
  const { confirm } = error.members;
  return typeof confirm === "string" ? confirm : null;
}

async function askOnTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}
