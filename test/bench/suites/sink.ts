import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { askProcess } from "../ask-process.ts";
import type { BarePlan, BareResult } from "../baselines/sink-bare-process.ts";
import { percentile } from "../load/generate-load.ts";
import { openMailer, type MeasuredEmail } from "../normalized-emails.ts";
import { readCpuSeconds } from "../server-process.ts";
import { startSink, type Delivered } from "../sink-process.ts";
import { steadyRate } from "../steady-rate.ts";
import { atLeast, atMost, type Bench, type Cell, type Report } from "../suite.ts";

export const name = "sink";
export const about =
  "emails a second from Kafka into an instant CRM, CRM calls an email (cold, warm, with a backlog), added latency; the sink against the bare calls";

const TENANT = "bench";
/** Emails for a second of measurement: as many as the bar asks for. */
const BAR_PER_SECOND = 300;
/** Far below what the sink can do: each email has it for itself. */
const STEADY_PER_SECOND = 20;
/** Emails tried at the same time: as many as the sink's main.ts does. */
const AT_ONCE = 48;

interface Measurement {
  readonly emails: readonly Delivered[];
  readonly callsPerEmail: number;
  readonly cpuMs: number;
}

export async function run(bench: Bench): Promise<Report> {
  const { env } = await bench.stack();
  const running = await startSink(bench, [{ id: TENANT }]);
  const mailer = await openMailer(env);
  bench.onEnd(async () => mailer.close());
  const count = Math.round(BAR_PER_SECOND * bench.seconds);
  const buildEmails = (of: string, place: number, most = count): MeasuredEmail[] =>
    Array.from({ length: most }, (_, i) => ({ tenant: TENANT, run: of, conversation: `c${i}`, place }));

  const measure = async (of: string, emails: number, send: () => Promise<void>): Promise<Measurement> => {
    bench.note(`${of}: ${emails} emails`);
    const [cpuBefore, callsBefore] = [await readCpuSeconds(running.sink), await running.crmCalls()];
    await send();
    const delivered = await running.allWritten(of, emails);
    return {
      emails: delivered,
      callsPerEmail: ((await running.crmCalls()) - callsBefore) / emails,
      cpuMs: (((await readCpuSeconds(running.sink)) - cpuBefore) * 1000) / emails,
    };
  };
  const cold = await measure("cold", count, async () => mailer.send(buildEmails("cold", 0)));
  await running.analyze();
  const warm = await measure("warm", count, async () => mailer.send(buildEmails("warm", 1)));
  const steadyCount = Math.round(STEADY_PER_SECOND * bench.seconds);
  const steady = await measure("steady", steadyCount, async () => {
    const started = performance.now();
    for (const [i, email] of buildEmails("steady", 2, steadyCount).entries()) {
      await sleep(started + (i * 1000) / STEADY_PER_SECOND - performance.now(), undefined, { signal: bench.signal });
      await mailer.send([email]);
    }
  });
  await running.sink.stop();

  bench.note("the same calls without Inlet");
  const plan: BarePlan = {
    brokers: env.KAFKA_BROKERS.split(","),
    registryUrl: env.SCHEMA_REGISTRY_URL,
    crmUrl: running.sandbox.url,
    atOnce: AT_ONCE,
    cold: count,
    warm: count + steadyCount,
  };
  const bareProcess = path.join(import.meta.dirname, "../baselines/sink-bare-process.ts");
  const bare = await askProcess<BareResult>(bareProcess, plan, bench.signal);

  const rate = ({ emails }: Measurement): number => steadyRate(emails.map(({ endedAt }) => endedAt));
  const buildRow = (what: string, measured: Measurement, bareTimes: readonly number[]): Cell[] => {
    const [perSecond, barePerSecond] = [rate(measured), steadyRate(bareTimes)];
    return [what, perSecond, barePerSecond, perSecond / barePerSecond, measured.callsPerEmail, measured.cpuMs];
  };
  const latencies = steady.emails.map(({ receivedAt, endedAt }) => endedAt - receivedAt).toSorted((a, b) => a - b);
  return {
    tables: [
      {
        title: "With a backlog: emails/s",
        columns: ["emails", "sink", "bare calls", "sink / bare", "CRM calls an email", "sink's CPU ms an email"],
        rows: [
          buildRow("cold: new contact, new deal", cold, bare.cold),
          buildRow("warm: contact and deal are there", warm, bare.warm),
        ],
      },
      {
        title: `Warm, ${STEADY_PER_SECOND} emails/s: from Kafka to written`,
        columns: ["p50 ms", "p99 ms", "CRM calls an email", "sink's CPU ms an email"],
        rows: [[percentile(latencies, 0.5), percentile(latencies, 0.99), steady.callsPerEmail, steady.cpuMs]],
      },
    ],
    bars: [
      atLeast("warm, backlog: emails/s", BAR_PER_SECOND, rate(warm)),
      atMost("warm, one by one: CRM calls an email", 2, steady.callsPerEmail),
      atMost("warm, backlog: CRM calls an email", 0.2, warm.callsPerEmail),
    ],
  };
}
