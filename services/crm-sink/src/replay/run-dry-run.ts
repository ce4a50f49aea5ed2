import { buildReplay, type Admin, type KafkaRecord, type RecordReader } from "@inlet/kafka";
import { toDryRun, type DeadLetter, type DeadLetterSet, type Job, type JobEmail } from "@inlet/ledger";
import { getTopicLane, topicIn } from "@inlet/schemas";
import { readMeantRecords } from "@inlet/service";
import type { SinkDeps } from "../attempt.ts";
import type { DeliveryPreview, Previewer } from "./preview-deliveries.ts";

export interface DryRunDeps {
  readonly ledger: Pick<SinkDeps["ledger"], "jobs" | "deadLetters" | "effects">;
  readonly admin: Pick<Admin, "readAll" | "topicOffsets">;
  readonly reader: Pick<RecordReader, "read">;
  readonly previewer: Previewer;
  /** The holder of its jobs. */
  readonly instance: string;
}

/** How long one whose holder died stands still, ms. */
export const LEASE_MS = 30_000;
/** Looked at between two words of how far it is. */
const SLICE = 50;

/** Records to look at, or emails of which it is known without a look. */
interface Slice {
  readonly records: readonly KafkaRecord[];
  readonly known: readonly JobEmail[];
  /** What of the job's total this is. */
  readonly size: number;
}

/**
 * Looks at what a replay, or sending dead letters again, would do, and notes it email by email; nothing is written but that. What is taken over from a
 * holder that died begins anew: looking twice changes nothing.
 */
export async function runDryRun(deps: DryRunDeps, job: Job, stop: AbortSignal): Promise<void> {
  const { ledger, previewer, instance } = deps;
  const held = { id: job.id, holder: instance, leaseMs: LEASE_MS };
  const results: Record<string, number> = {};
  let done = 0;
  // At the pace of replays a slice may take longer than the lease.
  const alive = setInterval(() => void ledger.jobs.report(held, { done, results }).catch(() => {}), LEASE_MS / 3);
  try {
    await lookAtAll();
  } finally {
    clearInterval(alive);
  }

  async function lookAtAll(): Promise<void> {
    for await (const slice of readSlices(deps, job)) {
      const emails = [...slice.known, ...(await previewer.preview(slice.records)).map(toJobEmail)];
      for (const { result } of emails) results[result] = (results[result] ?? 0) + 1;
      await ledger.jobs.noteEmails(
        job.id,
        emails.filter(({ result, changes }) => result !== "unchanged" || changes.length > 0),
      );
      done += slice.size;
      const current = await ledger.jobs.report(held, { done, results });
      if (current === null) return;
      if (current.wanted === "cancel") {
        await ledger.jobs.finish(held, { state: "cancelled" });
        return;
      }
      if (stop.aborted || current.wanted === "pause") {
        await ledger.jobs.letGo(job.id, instance);
        return;
      }
    }
    await ledger.jobs.report(held, { done, total: done, results });
    await ledger.jobs.finish(held, { state: "done" });
  }
}

function toJobEmail({ tenant, eventId, result, reason, detail, changes }: DeliveryPreview): JobEmail {
  return { tenant, eventId, result, reason, detail, changes };
}

async function* readSlices(deps: DryRunDeps, job: Job): AsyncGenerator<Slice> {
  const dry = toDryRun(job);
  if (dry.of === "dead_letters") {
    yield* readDeadLetters(deps, job.lane, dry.set);
    return;
  }
  let records: KafkaRecord[] = [];
  for await (const record of readMeantRecords(deps.admin as Admin, dry.records)) {
    records.push(record);
    if (records.length < SLICE) continue;
    yield { records, known: [], size: records.length };
    records = [];
  }
  yield { records, known: [], size: records.length };
}

async function* readDeadLetters(
  { ledger, reader }: DryRunDeps,
  lane: string,
  set: DeadLetterSet,
): AsyncGenerator<Slice> {
  let after: DeadLetter | null = null;
  for (;;) {
    const page: DeadLetter[] = await ledger.deadLetters.list(set, { lane, after, limit: SLICE });
    after = page.at(-1) ?? null;
    if (after === null) return;
    const places = page.flatMap(({ at }) => (at === null ? [] : [{ ...at, offset: BigInt(at.offset) }]));
    const found = await reader.read(places);
    let next = 0;
    const read = await Promise.all(
      page.map(async (letter) => lookAt(ledger, letter, letter.at === null ? null : (found[next++] ?? null))),
    );
    yield {
      records: read.flatMap((each) => ("record" in each ? [each.record] : [])),
      known: read.flatMap((each) => ("known" in each ? [each.known] : [])),
      size: page.length,
    };
  }
}

async function lookAt(
  ledger: DryRunDeps["ledger"],
  { tenant, eventId, reason, pass }: DeadLetter,
  dead: KafkaRecord | null,
): Promise<{ readonly record: KafkaRecord } | { readonly known: JobEmail }> {
  const known = (result: string, detail: string) => ({
    known: { tenant, eventId, result, reason, detail, changes: [] },
  });
  const replay = dead === null ? null : buildReplay(dead, pass + 1);
  if (dead === null || replay === null) return known("gone", "the dlq has its record no longer");
  if (reason === "outcome_unknown" && (await ledger.effects.listUnknown(tenant, eventId)).length > 0)
    return known("to_be_settled", "whether it was written has to be said first");
  const { topic, headers, value } = replay.record;
  if (topic !== topicIn("normalizedEvents", getTopicLane(topic)))
    return known("parsed_anew", "it is parsed first: what comes of that is not known before");
  return { record: { ...dead, topic, headers, value } };
}
