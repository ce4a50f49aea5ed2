import { LedgerUnavailableError } from "./database.ts";

/**
 * Calls of one kind that arrive while an earlier statement runs (or within a short wait) share the next statement: many emails, one
 * round trip. Each call still gets its own answer.
 */
export interface CoalesceOptions {
  /** Most calls in one statement. Default 250. */
  readonly maxCalls?: number;
  /** How long the first call waits for company, ms. Default 2. */
  readonly waitMs?: number;
}

/** `run` gets the inputs of several calls and answers in the same order. */
export function coalesce<In, Out>(
  run: (inputs: In[]) => Promise<Out[]>,
  options: CoalesceOptions = {},
): (input: In) => Promise<Out> {
  const maxCalls = options.maxCalls ?? 250;
  const waitMs = options.waitMs ?? 2;
  let queue: { input: In; resolve: (value: Out) => void; reject: (error: unknown) => void }[] = [];
  let scheduled = false;
  let running = false;

  const flush = async (): Promise<void> => {
    scheduled = false;
    if (running || queue.length === 0) return;
    running = true;
    const calls = queue.slice(0, maxCalls);
    queue = queue.slice(maxCalls);
    try {
      const answers = await run(calls.map((call) => call.input));
      calls.forEach((call, index) => call.resolve(answers[index] as Out));
    } catch (error) {
      if (calls.length === 1 || error instanceof LedgerUnavailableError) calls.forEach((call) => call.reject(error));
      // One call's bad data must not fail its company: each by itself, so that only the bad one does.
      else
        await Promise.all(
          calls.map(async (call) => run([call.input]).then(([answer]) => call.resolve(answer as Out), call.reject)),
        );
    } finally {
      running = false;
      if (queue.length > 0) void flush();
    }
  };

  return async (input) =>
    new Promise<Out>((resolve, reject) => {
      queue.push({ input, resolve, reject });
      if (queue.length >= maxCalls && !running) void flush();
      else if (!scheduled && !running) {
        scheduled = true;
        setTimeout(() => void flush(), waitMs);
      }
    });
}
