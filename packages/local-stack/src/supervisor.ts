import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LocalStackError } from "./errors.ts";
import { lastLines } from "./log-tail.ts";
import { RunRecords, signalGroup } from "./run-records.ts";
import { type Watchdog, startWatchdog } from "./watchdog.ts";

export interface ChildSpec {
  /** `kafka`, `parser`: names the log file, the pid record and the errors. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Run as this account (only root may). */
  readonly account?: { readonly uid: number; readonly gid: number };
  /** Default SIGTERM. */
  readonly stopSignal?: NodeJS.Signals;
  /** How long after the stop signal it is killed, ms. Default 10 000. */
  readonly stopGraceMs?: number;
  /** Asked about four times a second until it says true. */
  readonly isReady: () => Promise<boolean>;
  /** Default 120 000. */
  readonly readyTimeoutMs?: number;
  /** What else to do when it does not come up, where its log does not say. */
  readonly remedy?: string;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Ends the whole process group; resolves when it is gone. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts processes, each in a group of its own with its log in `<dataDir>/logs/<name>.log`, and sees to it that none is left
 * behind: by {@link Supervisor.stopAll}, by the watchdog if this process dies, by the records at the next start.
 */
export class Supervisor {
  readonly logsDir: string;
  readonly #records: RunRecords;
  readonly #watchdog: Watchdog;
  readonly #children: Child[] = [];
  readonly #onDeath: (error: LocalStackError) => void;

  private constructor(dataDir: string, records: RunRecords, onDeath: (error: LocalStackError) => void) {
    this.logsDir = path.join(dataDir, "logs");
    this.#records = records;
    this.#onDeath = onDeath;
    this.#watchdog = startWatchdog();
  }

  /**
   * Takes the data folder (ending what an earlier, killed run left there). Throws {@link LocalStackError} when a live process has it.
   * @param onDeath told when a child that was ready ends by itself; the message holds the end of its log.
   */
  static async open(dataDir: string, onDeath: (error: LocalStackError) => void): Promise<Supervisor> {
    const records = new RunRecords(dataDir);
    await records.claim();
    await mkdir(path.join(dataDir, "logs"), { recursive: true });
    return new Supervisor(dataDir, records, onDeath);
  }

  /** Starts a process and waits until it is ready. Throws {@link LocalStackError}, with the end of its log, when it dies or takes too long. */
  async start(spec: ChildSpec, signal?: AbortSignal): Promise<Child> {
    signal?.throwIfAborted();
    const logFile = path.join(this.logsDir, `${spec.name}.log`);
    await rename(logFile, `${logFile}.1`).catch(() => {});
    const stopSignal = spec.stopSignal ?? "SIGTERM";
    const { process: child, exited } = launch(spec, logFile);
    const pid = child.pid;
    if (pid === undefined) throw new LocalStackError(`${spec.name} could not be started: ${(await exited).why}.`);
    this.#watchdog.add(pid, stopSignal);
    await this.#records.add(spec.name, pid, stopSignal);

    const state = { ended: false, stopping: false };
    const gone = exited.then(async ({ why }) => {
      state.ended = true;
      this.#watchdog.remove(pid);
      await this.#records.remove(spec.name);
      return why;
    });
    const handle: Child = {
      name: spec.name,
      pid,
      logFile,
      stop: async () => {
        state.stopping = true;
        if (state.ended) return;
        signalGroup(pid, stopSignal);
        const killer = setTimeout(() => signalGroup(pid, "SIGKILL"), spec.stopGraceMs ?? 10_000);
        await gone;
        clearTimeout(killer);
      },
    };
    this.#children.push(handle);

    const deadline = performance.now() + (spec.readyTimeoutMs ?? 120_000);
    while (!(await spec.isReady().catch(() => false))) {
      if (state.ended) throw await endedError(spec.name, `ended while starting (${await gone})`, logFile, spec.remedy);
      signal?.throwIfAborted();
      if (performance.now() > deadline)
        throw await endedError(spec.name, "did not become ready in time", logFile, spec.remedy);
      await sleep(250, undefined, signal === undefined ? {} : { signal });
    }
    void gone.then(async (why) => {
      if (!state.stopping) this.#onDeath(await endedError(spec.name, `ended by itself (${why})`, logFile));
    });
    return handle;
  }

  /** Ends everything, the last started first; what started together (the stack's parts) ends quickly enough one after the other. */
  async stopAll(): Promise<void> {
    for (const child of this.#children.toReversed()) await child.stop();
    this.#watchdog.close();
    await this.#records.release();
  }

  /** Kills everything at once, without waiting. */
  killAll(): void {
    for (const child of this.#children) signalGroup(child.pid, "SIGKILL");
  }
}

/** Frames of a Java stack trace: what is wrong stands in the lines between them. */
const JAVA_FRAME = /^\s+(at |\.\.\. \d+ more)/;

interface Exit {
  /** `exit code 1`, `signal SIGKILL`, or why it could not start. */
  readonly why: string;
}

function launch(spec: ChildSpec, logFile: string): { process: ChildProcess; exited: Promise<Exit> } {
  // The child writes to the file itself: a pipe to us would break, and end it, with us.
  const log = openSync(logFile, "a");
  try {
    const child = spawn(spec.command, [...spec.args], {
      env: { ...spec.env },
      detached: true,
      stdio: ["ignore", log, log],
      ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
      ...spec.account,
    });
    const exited = new Promise<Exit>((resolve) => {
      child.once("error", (error) => resolve({ why: error.message }));
      child.once("exit", (code, signal) =>
        resolve({ why: signal === null ? `exit code ${code}` : `signal ${signal}` }),
      );
    });
    return { process: child, exited };
  } finally {
    closeSync(log);
  }
}

async function endedError(name: string, what: string, logFile: string, remedy?: string): Promise<LocalStackError> {
  const lines = (await lastLines(logFile, 200)).filter((line) => !JAVA_FRAME.test(line));
  const tail = lines
    .slice(-15)
    .map((line) => `    ${line.slice(0, 300)}`)
    .join("\n");
  return new LocalStackError(
    `${name} ${what}. The end of its log:\n${tail === "" ? "    (empty)" : tail}\n  The whole log: ${logFile}${remedy === undefined ? "" : `\n  ${remedy}`}`,
  );
}
