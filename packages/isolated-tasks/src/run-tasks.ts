import { flushCompileCache } from "node:module";
import process from "node:process";
import { Worker } from "node:worker_threads";
import { SHARED, type ProcessLimits, type TaskMessage } from "./limits.ts";

/** The program of a pool's process: `run-tasks.ts TASK LIMITS`. Runs the tasks that its parent sends, until the parent lets go of it. */
const [task = "", settings = "{}"] = process.argv.slice(2);
const limits = JSON.parse(settings) as ProcessLimits;

// A terminal and a supervisor signal the whole group. The parent decides: it lets its tasks end first.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
process.on("disconnect", () => process.exit(0));

const shared = new SharedArrayBuffer(SHARED.length * Int32Array.BYTES_PER_ELEMENT);
const seen = new Int32Array(shared);
new Worker(new URL("./watch-limits.ts", import.meta.url), {
  workerData: { limits, shared, parent: process.ppid },
  execArgv: [],
});

const { default: run } = (await import(task)) as { default: (job: unknown) => unknown };
if (limits.bounds === "turn") setInterval(() => Atomics.add(seen, SHARED.begun, 1), 100);

process.on("message", (message) => {
  const { id, job } = message as TaskMessage;
  Atomics.add(seen, SHARED.begun, 1);
  Atomics.add(seen, SHARED.busy, 1);
  void (async () => run(job))()
    .then(
      (answer) => ({ id, answer }),
      (error: unknown) => ({ id, error: (error as Error | null)?.message ?? String(error) }),
    )
    .then((answer) => process.send?.(answer))
    .finally(() => Atomics.sub(seen, SHARED.busy, 1));
});
process.send?.({ id: 0, answer: null });
// It may end by a signal, and then writes nothing.
flushCompileCache();
