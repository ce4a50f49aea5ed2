import { availableParallelism } from "node:os";
import { parseMime } from "@inlet/email";
import { LONG_LINES } from "@inlet/email/src/reply/long-lines.ts";
import { readReply } from "@inlet/email/src/reply/read-reply.ts";
import { createParsePool } from "@inlet/parser/src/workers/parse-pool.ts";
import { parseBare, parseSafe } from "../baselines/simple-parser.ts";
import { alternativeMail, attachmentMail } from "../mail.ts";
import { realShapes } from "../real-shapes.ts";
import { atLeast, atMost, under, type Bar, type Bench, type Cell, type Report } from "../suite.ts";

export const name = "parser";
export const about =
  "emails parsed a second: bare simpleParser on one thread, the parser's pool with one worker and with two; no Kafka";

const MAILS = [
  { label: "8 KB", mail: alternativeMail(8 * 1024) },
  { label: "60 KB", mail: alternativeMail(60 * 1024) },
  { label: "15 MB attachment", mail: attachmentMail(15 * 1024 * 1024) },
];
const WORKERS = [1, 2];
const MiB = 2 ** 20;

export async function run(bench: Bench): Promise<Report> {
  const rows: Cell[][] = [];
  const bars: Bar[] = [];
  for (const { label, mail } of MAILS) {
    bench.note(`${label}: bare simpleParser`);
    const bare = await measureRate(bench, 1, async () => parseBare(mail));
    rows.push([label, "bare simpleParser", bare.perSecond, 1, bare.rssMiB]);
    bench.note(`${label}: simpleParser, its html sanitized`);
    const safe = await measureRate(bench, 1, async () => parseSafe(mail));
    rows.push([label, "the same, html sanitized", safe.perSecond, safe.perSecond / bare.perSecond, safe.rssMiB]);
    for (const workers of WORKERS) {
      bench.note(`${label}: pool with ${workers}`);
      const pool = createParsePool({ workers, memoryMb: 1024, timeoutMs: 60_000 });
      try {
        const pooled = await measureRate(bench, 2 * workers, async () => {
          const answer = await pool.parse({ kind: "raw-mime", contentType: "message/rfc822", bytes: mail });
          if (answer.ok !== true) throw new Error(`${label}: not parsed: ${JSON.stringify(answer)}`);
        });
        const ratio = pooled.perSecond / bare.perSecond;
        rows.push([
          label,
          `pool, ${workers} worker${workers === 1 ? "" : "s"}`,
          pooled.perSecond,
          ratio,
          pooled.rssMiB,
        ]);
        if (workers === availableParallelism()) {
          bars.push(atLeast(`${label}: pool with ${workers} workers / bare simpleParser`, 0.85 * workers, ratio));
        }
      } finally {
        await pool.close();
      }
    }
  }
  bench.note("CPU of real shapes");
  const shapes = await measureShapes(bench);
  bars.push(...shapes.map(buildShapeBar));
  bench.note("CPU of long lines");
  return {
    tables: [
      {
        title: "CPU of one email by its shape (least of several runs)",
        columns: ["shape", "bare simpleParser ms", "html sanitized ms", "parseMime ms", "× sanitized"],
        rows: shapes,
      },
      {
        title: "CPU of the reply rules for a megabyte of long lines",
        columns: ["line", "ms"],
        rows: measureLines(bench),
      },
      { title: "Emails a second", columns: ["mail", "parser", "emails/s", "× bare", "memory MiB"], rows },
    ],
    bars,
  };
}

/** Calls `work` over and over, `atOnce` at a time, for the measured seconds after a short warm-up. */
async function measureRate(
  { seconds, signal }: Bench,
  atOnce: number,
  work: () => Promise<unknown>,
): Promise<{ perSecond: number; rssMiB: number }> {
  const repeat = async (ms: number): Promise<number> => {
    const until = performance.now() + ms;
    let done = 0;
    const loop = async (): Promise<void> => {
      while (performance.now() < until) {
        signal.throwIfAborted();
        await work();
        done += 1;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, loop));
    return done;
  };
  await repeat(Math.min(1000, seconds * 200));
  const started = performance.now();
  const done = await repeat(seconds * 1000);
  return { perSecond: (done * 1000) / (performance.now() - started), rssMiB: process.memoryUsage.rss() / MiB };
}

const ROUNDS = 8;

/** Milliseconds of CPU that each shape takes: the least of several rounds, since a busy machine only ever adds. */
async function measureShapes({ signal }: Bench): Promise<Cell[][]> {
  const rows: Cell[][] = [];
  for (const { label, mail } of realShapes()) {
    signal.throwIfAborted();
    const times = mail.length > 500_000 ? 1 : mail.length > 5_000 ? 5 : 40;
    const bare = await leastCpu(times, async () => parseBare(mail));
    const safe = await leastCpu(times, async () => parseSafe(mail));
    const whole = await leastCpu(times, async () => await parseMime(mail));
    rows.push([label, bare, safe, whole, whole / Math.max(bare, safe)]);
  }
  return rows;
}

/** Below it a mail costs less than the calls around its parsing; one line alone is a third of that for any parser. */
const CHEAP_MS = 1;

function buildShapeBar([label, , , ms, ratio]: readonly Cell[]): Bar {
  const what = `${label}: parseMime / simpleParser with sanitize-html`;
  if (Number(ms) < CHEAP_MS) return under(`${label}: parseMime, ms (instead of the ratio)`, CHEAP_MS, Number(ms));
  return atMost(what, 1.5, Number(ratio));
}

function measureLines({ signal }: Bench): Cell[][] {
  return LONG_LINES.map(([name, line]) => {
    signal.throwIfAborted();
    const text = line.repeat(Math.ceil(MiB / line.length));
    const before = process.threadCpuUsage();
    readReply(text, { name: "Bo Berg", email: "bo@example.com" });
    return [name, millisecondsSince(before)];
  });
}

async function leastCpu(times: number, work: () => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.threadCpuUsage();
    for (let count = 0; count < times; count += 1) await work();
    least = Math.min(least, millisecondsSince(before) / times);
  }
  return least;
}

function millisecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
