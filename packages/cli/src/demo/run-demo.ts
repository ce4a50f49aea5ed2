import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Ledger, openLedger } from "@inlet/ledger";
import { type CliContext, CommandFailed } from "../context.ts";
import { deliver } from "../deliver.ts";
import { findSigner } from "../find-signer.ts";
import { type Sample, readDemoFile } from "./demo-file.ts";
import { type Became, decideEnd, differences } from "./judge.ts";
import { sampleEmail } from "./sample-email.ts";
import { type DemoRow, demoTable } from "./table.ts";

export interface DemoOptions {
  /** What the services were given: DATABASE_URL, TENANTS_DIR, the demo's secrets. */
  readonly env: Readonly<Record<string, string>>;
  readonly gatewayUrl: string;
  readonly signal: AbortSignal;
}

const TENANT = "demo";
const FINAL = new Set(["written", "suppressed", "dead_lettered"]);
/** How long one email may take before the next is sent. */
const PATIENCE_MS = 20_000;
/** How long those that took longer are waited for in the end. */
const LAST_PATIENCE_MS = 60_000;

interface Posted {
  readonly eventId: string;
  readonly duplicate: boolean;
  /** Epoch ms of the POST. */
  readonly at: number;
}

/**
 * Sends the samples through the signed webhook, one after the other as mail comes in, waits for what each became, and prints the
 * table. Resolves with the rows.
 */
export async function runDemo(context: CliContext, options: DemoOptions): Promise<DemoRow[]> {
  const samples = readDemoFile();
  const run = `r${Date.now().toString(36)}${randomBytes(2).toString("hex")}`;
  const ledger = openLedger({ connectionString: options.env["DATABASE_URL"] ?? "", maxConnections: 2 });
  context.err(`Sending ${samples.length} sample emails to ${options.gatewayUrl}/v1/inbound/${TENANT} …`);
  try {
    const mimeByName = new Map<string, Buffer>();
    const open: { sample: Sample; title: string; posted: Posted; again: Posted | null }[] = [];
    for (const [index, sample] of samples.entries()) {
      const mime = mimeByName.get(sample.sameEmailAs ?? "") ?? (await sampleEmail(sample, run));
      for (const name of [sample.title, sample.file]) if (name !== undefined) mimeByName.set(name, mime);
      const senderEventId = `${run}-${index}`;
      const posted = await post(sample, mime, senderEventId, options);
      open.push({ sample, title: sample.title, posted, again: null });
      await waitForEnd(ledger, posted.eventId, PATIENCE_MS, options.signal);
      if (sample.repeat === undefined) continue;
      const again = await post(sample, mime, senderEventId, options);
      open.push({ sample, title: `↳ the same delivery again`, posted, again });
    }
    const deadline = performance.now() + LAST_PATIENCE_MS;
    const rows: DemoRow[] = [];
    for (const { sample, title, posted, again } of open) {
      const final = await waitForEnd(ledger, posted.eventId, Math.max(0, deadline - performance.now()), options.signal);
      rows.push(toRow(sample, title, posted, again, final));
    }
    context.out(demoTable(rows));
    const wrong = rows.filter(({ problems }) => problems.length > 0).length;
    context.out(
      wrong === 0
        ? `\nAll ${rows.length} rows are as expected.`
        : `\n${wrong} of ${rows.length} rows are not as expected.`,
    );
    return rows;
  } finally {
    await ledger.close();
  }
}

async function post(
  sample: Sample,
  mime: Buffer,
  senderEventId: string,
  { env, gatewayUrl, signal }: DemoOptions,
): Promise<Posted> {
  const signer = await findSigner({ tenant: TENANT, source: sample.source }, env);
  const at = Date.now();
  const asItIs = sample.file?.endsWith(".json") === true;
  const delivery = {
    url: gatewayUrl,
    tenant: TENANT,
    source: sample.source,
    ...signer,
    deliveryId: senderEventId,
    mime,
    asItIs,
  };
  const answer = await deliver(delivery, AbortSignal.any([signal, AbortSignal.timeout(60_000)]));
  if (answer.eventId === null)
    throw new CommandFailed(
      `sample "${sample.title}" was refused with ${answer.status}: ${answer.problem ?? "no reason given"}`,
    );
  return { eventId: answer.eventId, duplicate: answer.duplicate === true, at };
}

type Final = { became: Became; endedAt: number | null } | null;

/** What the delivery became; null when it is not final after `patienceMs`. */
async function waitForEnd(
  ledger: Pick<Ledger, "inspect">,
  eventId: string,
  patienceMs: number,
  signal: AbortSignal,
): Promise<Final> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    signal.throwIfAborted();
    const delivery = await ledger.inspect.delivery(TENANT, eventId);
    if (delivery !== null && FINAL.has(delivery.state))
      return { became: decideEnd(delivery), endedAt: delivery.endedAt };
    if (performance.now() >= deadline) return null;
    await sleep(25, undefined, { signal });
  }
}

function toRow(sample: Sample, title: string, posted: Posted, again: Posted | null, final: Final): DemoRow {
  const eventId = posted.eventId;
  if (final === null)
    return {
      title,
      eventId,
      became: null,
      ms: null,
      problems: ["not final in time"],
    };
  const problems = differences(sample.expect, final.became);
  if (again !== null && again.eventId !== eventId)
    problems.push(`the same delivery got another event: ${again.eventId}`);
  if (again !== null && !again.duplicate) problems.push("the gateway did not call it a duplicate");
  const ms = again === null && final.endedAt !== null && final.endedAt >= posted.at ? final.endedAt - posted.at : null;
  return { title, eventId, became: final.became, ms, problems };
}
