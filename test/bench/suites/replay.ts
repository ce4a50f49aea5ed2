import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createKafka, type Admin } from "@inlet/kafka";
import { openLedger, toReplayRequest, type Job, type Ledger } from "@inlet/ledger";
import { SHARED_LANE, topicIn } from "@inlet/schemas";
import { percentile } from "../load/generate-load.ts";
import { openMailer, type MeasuredEmail } from "../normalized-emails.ts";
import { startSink } from "../sink-process.ts";
import { atLeast, atMost, type Bench, type Report } from "../suite.ts";

export const name = "replay";
export const about =
  "written emails read again unchanged: emails a second and CRM calls; the latency of live mail beside it, against live mail alone";

const [REPLAYED, LIVE] = ["replayed", "live"];
/** For a second of measurement: 20,000 by default. */
const EMAILS_PER_SECOND = 2_000;
const LIVE_PER_SECOND = 20;
const TOPIC = topicIn("normalizedEvents", SHARED_LANE);
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

export async function run(bench: Bench): Promise<Report> {
  const { env } = await bench.stack();
  const running = await startSink(bench, [{ id: REPLAYED }, { id: LIVE }]);
  const mailer = await openMailer(env);
  const ledger = openLedger({ connectionString: env.DATABASE_URL, applicationName: "bench" });
  const brokers = env.KAFKA_BROKERS.split(",");
  const admin = await createKafka({ brokers, ssl: false, sasl: null, clientId: "bench-replay", log: SILENT }).admin();
  bench.onEnd(async () => {
    await Promise.all([mailer.close(), ledger.close(), admin.close()]);
  });

  const count = EMAILS_PER_SECOND * bench.seconds;
  bench.note(`${count} emails are written`);
  const emails = Array.from({ length: count }, (_, i): MeasuredEmail => {
    return { tenant: REPLAYED, run: "written", conversation: `r${i}`, place: 0 };
  });
  await mailer.send(emails);
  await running.allWritten("written", count);
  await running.analyze();

  const measureLive = async (of: string): Promise<number[]> => {
    const most = LIVE_PER_SECOND * bench.seconds;
    const started = performance.now();
    for (let i = 0; i < most; i += 1) {
      await sleep(started + (i * 1000) / LIVE_PER_SECOND - performance.now(), undefined, { signal: bench.signal });
      await mailer.send([{ tenant: LIVE, run: of, conversation: `${of}-${i}`, place: 0 }]);
    }
    const delivered = await running.allWritten(of, most);
    return delivered.map(({ receivedAt, endedAt }) => endedAt - receivedAt).toSorted((a, b) => a - b);
  };
  await measureLive("warm-up");
  bench.note("live mail alone");
  const alone = await measureLive("alone");

  bench.note("the replay alone");
  const callsBefore = await running.crmCalls();
  const job = await replay({ admin, ledger }, bench.signal);
  const calls = (await running.crmCalls()) - callsBefore;
  const unchanged = job.results["unchanged"] ?? 0;
  if (unchanged < count) throw new Error(`the replay came to ${JSON.stringify(job.results)}`);
  const perSecond = (job.done * 1_000) / Math.max(1, (job.endedAt ?? 0) - (job.startedAt ?? 0));

  bench.note("live mail beside replays");
  let going = true;
  const replays = (async (): Promise<number> => {
    let times = 0;
    for (; going; times += 1) await replay({ admin, ledger }, bench.signal);
    return times;
  })();
  const beside = await measureLive("beside").finally(() => (going = false));
  const times = await replays;
  const [p99Alone, p99Beside] = [percentile(alone, 0.99), percentile(beside, 0.99)];
  return {
    tables: [
      {
        title: `${count} written emails, read again unchanged`,
        columns: ["", "emails/s", "CRM calls"],
        rows: [["replay", perSecond, calls]],
      },
      {
        title: `Live mail, ${LIVE_PER_SECOND} emails/s of another tenant`,
        columns: ["", "p50 ms", "p99 ms"],
        rows: [
          ["alone", percentile(alone, 0.5), p99Alone],
          [`beside ${times} replays`, percentile(beside, 0.5), p99Beside],
        ],
      },
    ],
    bars: [
      atLeast("unchanged emails/s", 2_000, perSecond),
      atMost("CRM calls of a replay that changes nothing", 0, calls),
      atMost("live p99: beside / alone", 2, p99Beside / p99Alone),
    ],
  };
}

async function replay(
  { admin, ledger }: { readonly admin: Admin; readonly ledger: Ledger },
  signal: AbortSignal,
): Promise<Job> {
  const ranges = (await admin.topicOffsets(TOPIC)).map(({ partition, low, high }) => {
    return { partition, from: Number(low), to: Number(high) };
  });
  const id = randomBytes(5).toString("hex");
  const filter = { tenant: REPLAYED };
  const asked = { id, service: "crm-sink", lane: SHARED_LANE, topic: TOPIC, filter, ranges } as const;
  await ledger.jobs.create(toReplayRequest(asked, { name: "bench", actor: "bench", why: null, asked: {} }));
  for (;;) {
    const job = await ledger.jobs.get(id);
    if (job?.endedAt != null) return job;
    await sleep(50, undefined, { signal });
  }
}
