import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startLocalStack, type LocalStack } from "@inlet/local-stack";
import { prepareStack } from "../running/prepare-stack.ts";
import type { Report, Suite } from "./suite.ts";

export interface RunOptions {
  readonly seconds: number;
  readonly profileDir?: string | null;
  readonly size?: number | null;
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly note: (line: string) => void;
}

/** Runs one suite and ends everything that it started: its own first, then the stack. Throws what the suite throws. */
export async function runSuite(
  suite: Suite,
  { seconds, profileDir, size, signal, env, note }: RunOptions,
): Promise<Report> {
  const dir = await mkdtemp(path.join(tmpdir(), "inlet-bench-"));
  const ends: (() => Promise<void>)[] = [];
  let stack: Promise<LocalStack> | undefined;

  const startStack = async (): Promise<LocalStack> => {
    const started = await startLocalStack({
      dataDir: path.join(dir, "stack"),
      ports: "free",
      durable: false,
      env,
      signal,
      onProgress: ({ part, state, detail }) => note(`${part}: ${state} ${detail}`),
      onDeath: (error) => note(error.message),
    });
    ends.unshift(() => started.stop());
    await prepareStack(started.env);
    return started;
  };

  try {
    return await suite.run({
      seconds,
      profileDir: profileDir ?? null,
      size: size ?? null,
      signal,
      dir,
      note,
      stack: () => (stack ??= startStack()),
      onEnd: (end) => void ends.push(end),
    });
  } finally {
    // A stack that is still starting ends by the signal; what it had started by then is on the list.
    await stack?.catch(() => {});
    for (const end of ends.toReversed()) {
      await end().catch((error: unknown) =>
        note(`clean-up: ${error instanceof Error ? error.message : String(error)}`),
      );
    }
    await rm(dir, { recursive: true, force: true });
  }
}
