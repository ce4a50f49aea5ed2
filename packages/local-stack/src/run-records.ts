import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LocalStackError } from "./errors.ts";
import { readStartMark } from "./process-identity.ts";

interface RunRecord {
  readonly name: string;
  readonly pid: number;
  /** {@link readStartMark}: tells our process from another that got its id later. */
  readonly startMark: string;
  readonly stopSignal: NodeJS.Signals;
}

const OWNER = "owner";

/** The process that runs a stack in this data folder now; null when none does. Reads only: the folder need not be there. */
export async function findOwner(dataDir: string): Promise<{ readonly pid: number } | null> {
  const record = await readRecord(path.join(dataDir, "run", `${OWNER}.json`));
  return record !== null && (await isAlive(record)) ? { pid: record.pid } : null;
}

/** `<dataDir>/run/<name>.json`: which processes belong to this data folder, so that the next start finds what a killed one left. */
export class RunRecords {
  readonly #dir: string;

  constructor(dataDir: string) {
    this.#dir = path.join(dataDir, "run");
  }

  /**
   * Makes this process the owner of the data folder and ends what a killed owner left running. Throws {@link LocalStackError}
   * when another live process owns it.
   */
  async claim(): Promise<void> {
    await mkdir(this.#dir, { recursive: true });
    const records = await this.#all();
    const owner = records.find((record) => record.name === OWNER);
    if (owner !== undefined && owner.pid !== process.pid && (await isAlive(owner))) {
      throw new LocalStackError(
        `this data folder is in use by another Inlet (process ${owner.pid}). Stop that one (kill ${owner.pid}), or take another folder with --data DIR.`,
      );
    }
    await Promise.all(records.filter((record) => record.name !== OWNER).map((record) => this.#end(record)));
    await this.add(OWNER, process.pid, "SIGTERM");
  }

  async release(): Promise<void> {
    await this.remove(OWNER);
  }

  async add(name: string, pid: number, stopSignal: NodeJS.Signals): Promise<void> {
    const startMark = await readStartMark(pid);
    if (startMark === null) return;
    const record: RunRecord = { name, pid, startMark, stopSignal };
    const file = this.#file(name);
    await writeFile(`${file}.part`, JSON.stringify(record));
    await rename(`${file}.part`, file);
  }

  async remove(name: string): Promise<void> {
    await rm(this.#file(name), { force: true });
  }

  async #end(record: RunRecord): Promise<void> {
    for (let round = 0; await isAlive(record); round++) {
      signalGroup(record.pid, round === 0 ? record.stopSignal : round < 100 ? 0 : "SIGKILL");
      if (round > 150)
        throw new LocalStackError(
          `process ${record.pid} (${record.name}) of an earlier run does not end. End it by hand (kill -9 ${record.pid}).`,
        );
      await sleep(100);
    }
    await this.remove(record.name);
  }

  async #all(): Promise<RunRecord[]> {
    const files = (await readdir(this.#dir)).filter((file) => file.endsWith(".json"));
    const records = await Promise.all(files.map(async (file) => readRecord(path.join(this.#dir, file))));
    return records.filter((record) => record !== null);
  }

  #file(name: string): string {
    return path.join(this.#dir, `${name}.json`);
  }
}

/** Null also where it is half-written by a machine that went down: nothing of it can be alive. */
async function readRecord(file: string): Promise<RunRecord | null> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as RunRecord;
  } catch {
    return null;
  }
}

async function isAlive(record: RunRecord): Promise<boolean> {
  return (await readStartMark(record.pid)) === record.startMark;
}

/** Signals a whole process group; one that is already gone is no error. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
