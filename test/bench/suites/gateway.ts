import { SECRET, startSubjects } from "../gateway-subjects.ts";
import type { Load, LoadPlan, LoadResult } from "../load/plan.ts";
import { runLoad } from "../load/run-load.ts";
import { readCpuSeconds, type ServerProcess } from "../server-process.ts";
import { atLeast, under, type Bar, type Bench, type Cell, type Report, type Table } from "../suite.ts";

export const name = "gateway";
export const about =
  "requests a second and latency of the gateway, of bare Fastify and of one kafkajs send per request; 1, 10 and 100 KB; 300/s and saturation";

const SIZES = [1, 10, 100];
/** The size that the design sets bars for. */
const BAR_SIZE = 10;
const SATURATION: Load = { kind: "closed", connections: 64 };
const STEADY: Load = { kind: "open", perSecond: 300 };
/** Rounds at saturation, the subjects in turn; the median counts, so that a disturbance hits a round and not a subject. */
const ROUNDS = 3;

interface Result extends LoadResult {
  /** CPU time of the server for a request. It varies less than the rate when the machine is busy with other things. */
  readonly cpuMs: number;
}

interface Measurement {
  readonly subject: string;
  readonly size: number;
  readonly result: Result;
}

export async function run(bench: Bench): Promise<Report> {
  const { bare, kafkajs, gateway } = await startSubjects(bench);
  const runs = [
    { label: "bare Fastify", subject: bare, source: "raw-mime" },
    { label: "Fastify + kafkajs send", subject: kafkajs, source: "raw-mime" },
    { label: "gateway, raw-mime", subject: gateway, source: "raw-mime" },
    { label: "gateway, signed-json", subject: gateway, source: "signed-json" },
  ] as const;
  const steady: Measurement[] = [];
  const saturated: Measurement[] = [];
  for (const size of SIZES) {
    const rounds: Measurement[] = [];
    // The first round warms up: connections, metadata, compiled code.
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const { label, subject, source } of runs) {
        bench.note(`${size} KB at saturation, ${round === 0 ? "warm-up" : `round ${round} of ${ROUNDS}`}: ${label}`);
        const seconds = round === 0 ? Math.min(2, bench.seconds) : bench.seconds;
        const result = await measure(bench, subject, { source, size, seconds, load: SATURATION });
        if (round > 0) rounds.push({ subject: label, size, result });
      }
    }
    for (const { label, subject, source } of runs) {
      saturated.push(findMedian(rounds.filter((each) => each.subject === label)));
      bench.note(`${size} KB at 300/s: ${label}`);
      const result = await measure(bench, subject, { source, size, seconds: bench.seconds, load: STEADY });
      steady.push({ subject: label, size, result });
    }
  }
  return {
    tables: [
      buildTable(`Saturation: 64 connections, median of ${ROUNDS} rounds`, saturated),
      buildTable("300 requests/s, latency from when each was due", steady),
    ],
    bars: ["gateway, raw-mime", "gateway, signed-json"].flatMap((label) => buildBars(label, saturated, steady)),
  };
}

async function measure(
  { signal }: Bench,
  subject: ServerProcess,
  { size, ...plan }: Omit<LoadPlan, "url" | "secret">,
): Promise<Result> {
  const before = await readCpuSeconds(subject);
  const result = await runLoad({ url: subject.url, secret: SECRET, size: size * 1024, ...plan }, signal);
  const cpuMs = (((await readCpuSeconds(subject)) - before) * 1000) / result.requests;
  return { ...result, cpuMs };
}

/** The one whose rate is the median. */
function findMedian(rounds: readonly Measurement[]): Measurement {
  const sorted = rounds.toSorted((a, b) => a.result.perSecond - b.result.perSecond);
  return sorted[Math.floor(sorted.length / 2)] as Measurement;
}

function find(measurements: readonly Measurement[], subject: string, size: number): Result {
  const found = measurements.find((each) => each.subject === subject && each.size === size);
  if (found === undefined) throw new Error(`${subject} at ${size} KB was not measured`);
  return found.result;
}

function buildTable(title: string, measurements: readonly Measurement[]): Table {
  const rows = measurements.map(({ subject, size, result }): Cell[] => {
    const times = (other: string): number => result.perSecond / find(measurements, other, size).perSecond;
    const { perSecond, p50Ms, p99Ms, cpuMs, generatorCpu } = result;
    return [
      `${size} KB`,
      subject,
      perSecond,
      p50Ms,
      p99Ms,
      times("bare Fastify"),
      times("Fastify + kafkajs send"),
      cpuMs,
      generatorCpu,
    ];
  });
  const columns = [
    "body",
    "server",
    "req/s",
    "p50 ms",
    "p99 ms",
    "× bare",
    "× kafkajs send",
    "CPU ms",
    "generator CPUs",
  ];
  return { title, columns, rows };
}

function buildBars(label: string, saturated: readonly Measurement[], steady: readonly Measurement[]): Bar[] {
  const of = (subject: string): Result => find(saturated, subject, BAR_SIZE);
  const what = `${label}, ${BAR_SIZE} KB`;
  return [
    atLeast(`${what}: × bare Fastify`, 0.5, of(label).perSecond / of("bare Fastify").perSecond),
    atLeast(`${what}: × one kafkajs send`, 1.7, of(label).perSecond / of("Fastify + kafkajs send").perSecond),
    under(`${what}: p99 ms at 300/s`, 100, find(steady, label, BAR_SIZE).p99Ms),
    under(`${what}: p99 ms at saturation`, 300, of(label).p99Ms),
  ];
}
