import { setTimeout as sleep } from "node:timers/promises";
import { percentile } from "../load/generate-load.ts";
import { openMailer, type MeasuredEmail } from "../normalized-emails.ts";
import { startSink } from "../sink-process.ts";
import { atLeast, type Bench, type Cell, type Report } from "../suite.ts";

export const name = "flood";
export const about =
  "what one tenant's flood, outage or slow CRM costs the other tenants of its lane: their emails a second and latency, against them alone";

const OTHERS = ["other-1", "other-2", "other-3", "other-4"];
/** Of all others together: about an eighth of what the sink can do, so that it is not the machine that takes their turns. */
const OTHERS_PER_SECOND = 40;
const TICK_MS = 50;
/** What the others may lose. */
const MOST_LOST = 0.1;

/** One tenant's trouble while the others send as always. */
interface Trouble {
  readonly what: string;
  readonly tenant: string;
  readonly quota?: string;
  /** Its emails: all at once for each second of the measurement, and as many a second while it lasts. */
  readonly atOncePerSecond?: number;
  readonly perSecond?: number;
  /** Its CRM's fault, as the sandbox takes it; `match` is filled in. */
  readonly fault?: object;
}

const TROUBLES: readonly Trouble[] = [
  { what: "outage: every call 503", tenant: "outage", perSecond: 40, fault: { status: 503 } },
  { what: "slow CRM: 3 s a call", tenant: "slow", perSecond: 40, fault: { delayMs: 3_000 } },
  {
    what: "flood, quota of 17 calls/s",
    tenant: "flood",
    quota: "{ perSecond: 17, burst: 10 }",
    atOncePerSecond: 200,
  },
  { what: "flood, no quota", tenant: "flood-unbound", atOncePerSecond: 200 },
];

interface Measurement {
  readonly what: string;
  /** Emails of the others that were written while they were being sent, a second. */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export async function run(bench: Bench): Promise<Report> {
  const { env } = await bench.stack();
  const running = await startSink(bench, [
    ...OTHERS.map((id) => ({ id })),
    ...TROUBLES.map(({ tenant, quota }) => ({ id: tenant, ...(quota === undefined ? {} : { quota }) })),
  ]);
  const mailer = await openMailer(env);
  bench.onEnd(async () => mailer.close());
  const sandbox = async (path: string, init: RequestInit): Promise<void> => {
    const answer = await fetch(`${running.sandbox.url}/sandbox/${path}`, init);
    if (!answer.ok) throw new Error(`/sandbox/${path}: ${answer.status} ${await answer.text()}`);
  };
  let numbered = 0;
  const buildEmail = (tenant: string, of: string): MeasuredEmail => {
    numbered += 1;
    return { tenant, run: of, conversation: `${tenant}-${numbered}`, place: 0 };
  };

  const measure = async (what: string, seconds: number, trouble?: Trouble): Promise<Measurement> => {
    bench.note(what);
    if (trouble?.fault !== undefined) {
      const body = JSON.stringify({ ...trouble.fault, match: { tenant: trouble.tenant } });
      await sandbox("faults", { method: "POST", body, headers: { "content-type": "application/json" } });
    }
    const atOnce = Math.round((trouble?.atOncePerSecond ?? 0) * seconds);
    if (trouble !== undefined)
      await mailer.send(Array.from({ length: atOnce }, () => buildEmail(trouble.tenant, `trouble: ${what}`)));
    const started = Date.now();
    const sent = { others: 0, troubled: 0 };
    for (let now = started; now - started < seconds * 1000; now = Date.now()) {
      const due = (perSecond: number): number => Math.floor(((now - started) * perSecond) / 1000) + 1;
      const emails: MeasuredEmail[] = [];
      for (; sent.others < due(OTHERS_PER_SECOND); sent.others += 1)
        emails.push(buildEmail(OTHERS[sent.others % OTHERS.length] as string, what));
      for (; trouble?.perSecond !== undefined && sent.troubled < due(trouble.perSecond); sent.troubled += 1)
        emails.push(buildEmail(trouble.tenant, `trouble: ${what}`));
      await mailer.send(emails);
      await sleep(TICK_MS, undefined, { signal: bench.signal });
    }
    const ended = Date.now();
    const delivered = await running.allWritten(what, sent.others);
    await sandbox("faults", { method: "DELETE" });
    if (trouble?.quota === undefined && trouble !== undefined)
      await running.allWritten(`trouble: ${what}`, atOnce + sent.troubled);
    const latencies = delivered.map((email) => email.endedAt - email.receivedAt).toSorted((a, b) => a - b);
    return {
      what,
      perSecond: (delivered.filter(({ endedAt }) => endedAt <= ended).length * 1000) / (ended - started),
      p50Ms: percentile(latencies, 0.5),
      p99Ms: percentile(latencies, 0.99),
    };
  };

  await measure("warm-up", Math.min(3, bench.seconds));
  await running.analyze();
  const alone = await measure("the others alone", bench.seconds);
  const troubled: Measurement[] = [];
  for (const trouble of TROUBLES) troubled.push(await measure(trouble.what, bench.seconds, trouble));
  const share = ({ perSecond }: Measurement): number => perSecond / alone.perSecond;
  return {
    tables: [
      {
        title: `${OTHERS.length} tenants, together ${OTHERS_PER_SECOND} emails/s, beside one with:`,
        columns: ["", "their emails/s", "/ alone", "p50 ms", "p99 ms"],
        rows: [alone, ...troubled].map((each): Cell[] => [
          each.what,
          each.perSecond,
          share(each),
          each.p50Ms,
          each.p99Ms,
        ]),
      },
    ],
    bars: troubled.map((each) => atLeast(`${each.what}: the others / alone`, 1 - MOST_LOST, share(each))),
  };
}
