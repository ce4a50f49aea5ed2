import { fork } from "node:child_process";
import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { ENDS_BY, type ProcessLimits, type TaskAnswer } from "./limits.ts";

/** Why a task has no answer. `killed`: from outside, so that it need not be the task's fault. */
export type TaskFault = "timeout" | "out_of_memory" | "crashed" | "killed";

export class TaskFailed extends Error {
  override readonly name = "TaskFailed";
  readonly fault: TaskFault;

  constructor(fault: TaskFault, message: string) {
    super(message);
    this.fault = fault;
  }
}

/** A process of its own for tasks. */
export interface IsolatedProcess {
  /** Resolves when the process has loaded its task. Rejects {@link TaskFailed} when it ended before. */
  readonly ready: Promise<void>;
  /** Resolves when the process is gone, however. */
  readonly gone: Promise<void>;
  /** False as soon as it has ended. */
  alive(): boolean;
  /** Rejects {@link TaskFailed}. */
  run(job: unknown): Promise<unknown>;
  kill(): void;
}

const PROGRAM = new URL("./run-tasks.ts", import.meta.url);

/**
 * Starts a process that runs the default export of `task`. Its heap is bounded by V8, all of its memory and its processor time by a watch
 * inside of it. What it takes, it takes from itself: threads of one process share its end when memory runs out faster than V8 can say.
 * It gets none of our environment: there are secrets in it, and strangers' bytes are read there.
 */
export function startIsolatedProcess(task: URL, limits: ProcessLimits): IsolatedProcess {
  const child = fork(PROGRAM, [task.href, JSON.stringify(limits)], {
    serialization: "advanced",
    execArgv: [`--max-old-space-size=${limits.memoryMb}`],
    env: compiledOnce(),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-4000)));

  const asked = new Map<number, PromiseWithResolvers<unknown>>();
  const loaded = Promise.withResolvers<unknown>();
  // No one need be waiting for it.
  loaded.promise.catch(() => {});
  asked.set(0, loaded);
  let ended: TaskFailed | null = null;
  let last = 0;
  child.on("message", (message) => {
    const answer = message as TaskAnswer;
    const waiting = asked.get(answer.id);
    asked.delete(answer.id);
    if ("error" in answer) waiting?.reject(new TaskFailed("crashed", answer.error));
    else waiting?.resolve(answer.answer);
  });
  const gone = new Promise<void>((resolve) => {
    const end = (why: TaskFailed): void => {
      ended ??= why;
      for (const { reject } of asked.values()) reject(ended);
      asked.clear();
      resolve();
    };
    child.once("error", (error) => end(new TaskFailed("killed", error.message)));
    // Not `exit`: what it said is all there only now.
    child.once("close", (code, signal) => end(toFault(code, signal, said, limits)));
  });

  return {
    ready: loaded.promise.then(() => {}),
    gone,
    alive: () => ended === null,
    run: async (job) => {
      if (ended !== null) throw ended;
      const id = ++last;
      const waiting = Promise.withResolvers<unknown>();
      asked.set(id, waiting);
      child.send({ id, job }, (error) => {
        // A process that is gone says so itself, by its end; anything else is the job's fault.
        if (error === null || !child.connected) return;
        asked.delete(id);
        waiting.reject(new TaskFailed("crashed", error.message));
      });
      return waiting.promise;
    },
    kill: () => void child.kill("SIGKILL"),
  };
}

/** Where this process keeps what it has compiled (NODE_COMPILE_CACHE, in tests), so does its child; a service is started without. */
function compiledOnce(): Record<string, string> {
  const dir = getCompileCacheDir();
  return dir === undefined ? {} : { NODE_COMPILE_CACHE: dirname(dir) };
}

function toFault(code: number | null, signal: NodeJS.Signals | null, said: string, limits: ProcessLimits): TaskFailed {
  if (signal === ENDS_BY.timeout)
    return new TaskFailed("timeout", `it took longer than ${limits.cpuMs} ms of processor time`);
  if (signal === ENDS_BY.memory || /heap out of memory|heap limit|out of memory/i.test(said))
    return new TaskFailed("out_of_memory", `it needed more than ${limits.memoryMb} MiB`);
  if (signal === "SIGKILL") return new TaskFailed("killed", "its process was killed");
  return new TaskFailed("crashed", `its process ended (${signal ?? `exit code ${code}`})`);
}
