import { readdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { fuzzInput, fuzzOne } from "../testing/fuzz.ts";

const HANG_MS = 10_000;
const root = new URL("../../../test/emails/", import.meta.url);

function readSeeds(): Buffer[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".eml"))
    .toSorted()
    .map((name) => readFileSync(new URL(name.replaceAll("\\", "/"), root)));
}

async function work(from: number, to: number): Promise<void> {
  const seeds = readSeeds();
  const outcomes: Record<string, number> = {};
  const broken: string[] = [];
  let slowest = { number: 0, ms: 0 };
  for (let number = from; number < to; number++) {
    parentPort?.postMessage(number);
    const start = performance.now();
    try {
      const outcome = await fuzzOne(fuzzInput(seeds, number));
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    } catch (error) {
      broken.push(`input ${number}: ${String(error)}`);
    }
    const ms = Math.round(performance.now() - start);
    if (ms > slowest.ms) slowest = { number, ms };
  }
  parentPort?.postMessage({ inputs: to - from, seeds: seeds.length, outcomes, broken, slowest });
}

/** The inputs in a worker with bounded memory; one that takes over 10 s or the memory ends the run with its number. */
function watch(from: number, to: number): void {
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { from, to },
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  let current = from;
  const fail = (what: string): void => {
    process.stderr.write(`fuzz: input ${current} ${what}; again with --from ${current} --inputs 1\n`);
    process.exit(1);
  };
  let timer = setTimeout(fail, HANG_MS * 3, "hangs");
  worker.on("message", (message: number | { broken: string[] }) => {
    clearTimeout(timer);
    if (typeof message === "number") {
      current = message;
      timer = setTimeout(fail, HANG_MS, "hangs");
    } else {
      process.stdout.write(
        `fuzz: ${JSON.stringify({ ...message, rssMiB: Math.round(process.memoryUsage.rss() / 1_048_576) })}\n`,
      );
      process.exitCode = message.broken.length === 0 ? 0 : 1;
    }
  });
  worker.on("error", (error) => fail(`ends the worker (${error.message})`));
}

if (isMainThread) {
  const { values } = parseArgs({
    options: { inputs: { type: "string", default: "100000" }, from: { type: "string", default: "0" } },
  });
  const from = Number(values.from);
  watch(from, from + Number(values.inputs));
} else {
  const { from, to } = workerData as { from: number; to: number };
  await work(from, to);
}
