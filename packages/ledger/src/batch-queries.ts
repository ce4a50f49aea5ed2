import { createBatcher } from "@inlet/resilience";
import { LedgerUnavailableError, RowLockedError } from "./database.ts";

/**
 * Calls of one kind that arrive while an earlier statement runs (or within a short wait) share the next statement: many emails, one
 * round trip. Each call still gets its own answer.
 */
export interface BatchQueriesOptions<In> {
  /** Most calls in one statement. Default 250. */
  readonly maxCalls?: number;
  /** How long the first call waits for company, ms. Default 2. */
  readonly waitMs?: number;
  /** Who the call is for. A locked row of one holds up no other: they are asked for apart. Default: all are one. */
  readonly getGroup?: (input: In) => string;
}

interface Call<In, Out> {
  readonly input: In;
  readonly group: string;
  readonly resolve: (value: Out) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * `run` gets the inputs of several calls and answers in the same order. `shared`: they are of several groups, and a locked row is to be said
 * at once ({@link RowLockedError}), so that they are asked for again group by group.
 */
export function batchQueries<In, Out>(
  run: (inputs: In[], shared: boolean) => Promise<Out[]>,
  options: BatchQueriesOptions<In> = {},
): (input: In) => Promise<Out> {
  const { maxCalls = 250, waitMs = 2, getGroup = () => "" } = options;
  /** Groups that are asked for by themselves at the moment: what comes for them meanwhile waits for that. */
  const apart = new Set<string>();

  const ask = async (calls: readonly Call<In, Out>[], shared: boolean): Promise<void> => {
    try {
      const answers = await run(
        calls.map((call) => call.input),
        shared,
      );
      calls.forEach((call, index) => call.resolve(answers[index] as Out));
    } catch (error) {
      if (shared && error instanceof RowLockedError) askApart(calls);
      else if (calls.length === 1 || error instanceof LedgerUnavailableError)
        calls.forEach((call) => call.reject(error));
      // One call's bad data must not fail its company: each by itself, so that only the bad one does.
      else
        await Promise.all(
          calls.map(async (call) =>
            run([call.input], false).then(([answer]) => call.resolve(answer as Out), call.reject),
          ),
        );
    }
  };

  const askApart = (calls: readonly Call<In, Out>[]): void => {
    for (const [group, own] of Map.groupBy(calls, (call) => call.group)) {
      apart.add(group);
      void ask(own, false).finally(() => {
        apart.delete(group);
        batcher.wake();
      });
    }
  };

  const batcher = createBatcher<Call<In, Out>>({
    most: maxCalls,
    gatherMs: waitMs,
    isHeld: ({ group }) => apart.has(group),
    run: async (take) => {
      const calls = take();
      if (calls.length > 0) await ask(calls, new Set(calls.map((call) => call.group)).size > 1);
    },
  });

  return async (input) =>
    new Promise<Out>((resolve, reject) => batcher.add({ input, group: getGroup(input), resolve, reject }));
}
