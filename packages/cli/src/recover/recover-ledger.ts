import type { Codec } from "@inlet/event-codec";
import { headerText, type Admin } from "@inlet/kafka";
import type { KnownOutcome, ReadFrom, RecoveryLedger } from "@inlet/ledger";
import { DLQ_HEADER, groupIn, HEADER, lanesIn, SHARED_LANE, topicIn } from "@inlet/schemas";
import { CommandFailed } from "../context.ts";

/** The ledger may know of a record that Kafka's clock holds to be a little older, ms. */
const MARGIN_MS = 3_600_000;
const PAGE = 500;

export interface RecoverDeps {
  readonly ledger: RecoveryLedger;
  readonly admin: Admin;
  readonly codec: Pick<Codec, "decode">;
  readonly actor: string;
  readonly onProgress: (line: string) => void;
}

export interface Recovered {
  readonly recovery: number;
  /** Outcomes that were read, what they confirmed, and what they ended. */
  readonly outcomes: number;
  readonly effects: number;
  readonly ended: number;
  readonly deadLetters: number;
  /** Records that are read again, by group. */
  readonly again: Readonly<Record<string, number>>;
}

/**
 * Brings a ledger that was restored from a backup up to what Kafka knows, before a sink starts: effects that outcomes name are confirmed, open
 * deliveries that ended are ended, and the groups are set back to the first record that may have no row. From the first step to `--finish`
 * effects without a row are looked for before they are written. Run again, it begins again: each step is safe to repeat.
 */
export async function recoverLedger(
  deps: RecoverDeps,
  { before, why }: { readonly before: number; readonly why: string | null },
): Promise<Recovered> {
  const { ledger, admin, actor } = deps;
  const lanes = lanesIn(await admin.topics());
  await refuseWhileRead(admin, lanes);
  const since = ((await ledger.getLastMoment()) ?? MARGIN_MS) - MARGIN_MS;
  const recovery = await ledger.begin({ before, actor, why, ends: await readEnds(admin, lanes) });
  const from = await ledger.listReadFrom();
  const caught = await catchUpOutcomes(deps, since);
  const deadLetters = await findDeadLetters(deps, lanes, since);
  const again = await setBack(admin, lanes, from, since);
  await ledger.markCaughtUp(recovery.id);
  return { recovery: recovery.id, ...caught, deadLetters, again };
}

/** Ends the recovery once everything that may be missing was read again. Throws {@link CommandFailed} while it was not. */
export async function finishRecovery({
  ledger,
  admin,
  actor,
}: Pick<RecoverDeps, "ledger" | "admin" | "actor">): Promise<number> {
  const recovery = await ledger.open();
  if (recovery === null) throw new CommandFailed("no recovery is open: nothing to finish");
  if (recovery.caughtUpAt === null)
    throw new CommandFailed("outcomes are not caught up yet: run npx inlet ledger recover again first");
  for (const lane of lanesIn(await admin.topics())) {
    const topic = topicIn("rawEvents", lane);
    const committed = await admin.committedOffsets(groupIn("parser", lane), topic);
    for (const [partition, end] of Object.entries(recovery.ends[topic] ?? {})) {
      const at = Number(committed.get(Number(partition)) ?? 0n);
      if (end > at)
        throw new CommandFailed(
          `${topic}, partition ${partition}: ${end - at} records are still to be read again. Let parser and crm-sink run, then try again`,
        );
    }
  }
  const open = await ledger.countOpenBefore(recovery.before);
  if (open > 0) throw new CommandFailed(`${open} emails of that time have not ended yet: try again when they have`);
  await ledger.end(recovery.id, actor);
  return recovery.id;
}

/** A sink that works meanwhile would write what it cannot know of. */
async function refuseWhileRead(admin: Admin, lanes: readonly string[]): Promise<void> {
  const groups = [...lanes.flatMap((lane) => [groupIn("parser", lane), groupIn("crm-sink", lane)]), "crm-sink-sent"];
  const members = await admin.memberCounts(groups);
  const live = groups.filter((group) => (members.get(group) ?? 0) > 0);
  if (live.length > 0)
    throw new CommandFailed(
      `${live.join(", ")} still ${live.length === 1 ? "has" : "have"} members: stop every parser and crm-sink first (one that was killed stays a member for 45 s)`,
    );
}

async function readEnds(admin: Admin, lanes: readonly string[]): Promise<Record<string, Record<string, number>>> {
  const ends: Record<string, Record<string, number>> = {};
  for (const lane of lanes) {
    const topic = topicIn("rawEvents", lane);
    const offsets = await admin.topicOffsets(topic);
    ends[topic] = Object.fromEntries(offsets.map(({ partition, high }) => [partition, Number(high)]));
  }
  return ends;
}

async function offsetsSince(admin: Admin, topic: string, since: number): Promise<Map<number, bigint>> {
  const found = since <= 0 ? await admin.topicOffsets(topic) : await admin.offsetsAt(topic, since);
  return new Map(found.map(({ partition, low }) => [partition, low]));
}

async function catchUpOutcomes(
  { ledger, admin, codec, onProgress }: RecoverDeps,
  since: number,
): Promise<Pick<Recovered, "outcomes" | "effects" | "ended">> {
  const topic = topicIn("outcomes", SHARED_LANE);
  // Of one event the last: they are keyed by event, so a partition has them in their order.
  const last = new Map<string, KnownOutcome>();
  for await (const { value, headers, key } of admin.readAll(topic, await offsetsSince(admin, topic, since))) {
    if (value === null) continue;
    const outcome = await codec.decode("Outcome", value, headerText(headers, HEADER.schema));
    last.set(key?.toString() ?? "", { ...outcome, tenant: outcome.tenantId });
  }
  const all = [...last.values()];
  let [effects, ended] = [0, 0];
  for (let at = 0; at < all.length; at += PAGE) {
    const taken = await ledger.takeOutcomes(all.slice(at, at + PAGE));
    effects += taken.effects;
    ended += taken.ended;
    onProgress(`${Math.min(at + PAGE, all.length)} of ${all.length} outcomes caught up`);
  }
  return { outcomes: all.length, effects, ended };
}

async function findDeadLetters(
  { ledger, admin }: RecoverDeps,
  lanes: readonly string[],
  since: number,
): Promise<number> {
  let found = 0;
  for (const lane of lanes) {
    const topic = topicIn("dlq", lane);
    const places: (ReadFrom & { tenant: string; eventId: string })[] = [];
    for await (const { partition, offset, headers } of admin.readAll(topic, await offsetsSince(admin, topic, since))) {
      const tenant = headerText(headers, DLQ_HEADER.tenant);
      const eventId = headerText(headers, DLQ_HEADER.eventId);
      if (tenant !== undefined && eventId !== undefined)
        places.push({ tenant, eventId, topic, partition, offset: Number(offset) });
    }
    // The newest first: a row takes the first that is offered.
    const newest = new Map(places.map((place) => [`${place.tenant}/${place.eventId}`, place]));
    found += await ledger.takeDeadLetterPlaces([...newest.values()]);
  }
  return found;
}

/** Sets the groups back, never forward; answers how many records each reads again. */
async function setBack(
  admin: Admin,
  lanes: readonly string[],
  from: { readonly raw: readonly ReadFrom[]; readonly normalized: readonly ReadFrom[] },
  since: number,
): Promise<Record<string, number>> {
  const again: Record<string, number> = {};
  const setGroup = async (groupId: string, topic: string, wanted: ReadonlyMap<number, bigint>): Promise<void> => {
    const [committed, ranges] = await Promise.all([admin.committedOffsets(groupId, topic), admin.topicOffsets(topic)]);
    const back = new Map<number, bigint>();
    for (const { partition, low } of ranges) {
      const at = committed.get(partition);
      const start = wanted.get(partition);
      if (at === undefined || start === undefined || start >= at) continue;
      const first = start > low ? start : low;
      back.set(partition, first);
      again[groupId] = (again[groupId] ?? 0) + Number(at - first);
    }
    await admin.setOffsets(groupId, topic, back);
  };
  for (const lane of lanes) {
    const raw = topicIn("rawEvents", lane);
    // A partition of which no row is known is read from its first record.
    const rows = new Map(from.raw.filter(({ topic }) => topic === raw).map((each) => [each.partition, each.offset]));
    const starts = (await admin.topicOffsets(raw)).map(
      ({ partition }) => [partition, BigInt(rows.get(partition) ?? 0)] as const,
    );
    await setGroup(groupIn("parser", lane), raw, new Map(starts));
    const normalized = topicIn("normalizedEvents", lane);
    const open = from.normalized.filter(({ topic }) => topic === normalized);
    const places = new Map(open.map(({ partition, offset }) => [partition, BigInt(offset)]));
    await setGroup(groupIn("crm-sink", lane), normalized, places);
  }
  const sent = topicIn("outboundMessages", SHARED_LANE);
  await setGroup(groupIn("crm-sink-sent", SHARED_LANE), sent, await offsetsSince(admin, sent, since));
  return again;
}
