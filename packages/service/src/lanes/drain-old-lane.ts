import type { Admin } from "@inlet/kafka";
import type { LaneMove } from "@inlet/ledger";
import { groupIn, topicIn } from "@inlet/schemas";

/** Next offsets of a topic's partitions, by partition. */
type Ends = Readonly<Record<string, number>>;

/** The drain marks: where the old lane's topics ended, and since when. They stand in the job, for whichever instance goes on. */
export interface DrainPlace {
  /** When the tenant's file was first seen to name the new lane, epoch ms. */
  readonly switchedAt?: number;
  readonly raw?: { readonly ends: Ends; readonly at: number };
  readonly normalized?: { readonly ends: Ends };
}

/** `switching`: gateways still take mail into the old lane, or may; the others say whose turn it is. */
export type DrainPhase = "switching" | "parsing" | "delivering" | "drained";

export interface DrainDeps {
  readonly admin: Pick<Admin, "topics" | "topicOffsets" | "committedOffsets">;
  /** The lane that the tenant's file names; null: this process has no such tenant. */
  readonly getLane: (tenant: string) => string | null;
  /** What the old lane holds of the tenant. */
  readonly remains: () => Promise<{ readonly lastReceivedAt: number | null; readonly waitingInParsing: number }>;
  /** Epoch ms. */
  readonly now: () => number;
  readonly quietMs: number;
}

/**
 * One look at the old lane. Its marks are set once the tenant's file has named the new lane for a while, so that every gateway has read it, and none has
 * taken an email of the tenant into the old one since; what lies before them has to pass the parser, then what that produced the sink. An email that a late gateway still took
 * sets them anew.
 */
export async function drainOldLane(
  deps: DrainDeps,
  { tenant, from, to }: LaneMove,
  given: DrainPlace,
): Promise<{ readonly phase: DrainPhase; readonly left: number; readonly place: DrainPlace }> {
  const { admin, now, quietMs } = deps;
  const remains = await deps.remains();
  if (deps.getLane(tenant) !== to) return { phase: "switching", left: 0, place: {} };
  const switchedAt = given.switchedAt ?? now();
  const quietSince = Math.max(switchedAt, remains.lastReceivedAt ?? switchedAt) + quietMs;
  // A mark that is younger than the last email's quiet time is no end.
  let place: DrainPlace =
    given.raw !== undefined && quietSince > given.raw.at ? { switchedAt } : { ...given, switchedAt };
  if (quietSince > now()) return { phase: "switching", left: 0, place: { switchedAt } };

  const rawTopic = topicIn("rawEvents", from);
  // A lane that never had topics holds nothing.
  if (!(await admin.topics()).includes(rawTopic)) return { phase: "drained", left: 0, place };
  place = { raw: place.raw ?? { ends: await readEnds(admin, rawTopic), at: now() }, ...place };
  const unparsed = await countBefore(admin, groupIn("parser", from), rawTopic, place.raw?.ends ?? {});
  const toParse = unparsed + remains.waitingInParsing;
  if (toParse > 0) return { phase: "parsing", left: toParse, place };

  const topic = topicIn("normalizedEvents", from);
  place = { ...place, normalized: place.normalized ?? { ends: await readEnds(admin, topic) } };
  const left = await countBefore(admin, groupIn("crm-sink", from), topic, place.normalized?.ends ?? {});
  return { phase: left > 0 ? "delivering" : "drained", left, place };
}

async function readEnds(admin: Pick<Admin, "topicOffsets">, topic: string): Promise<Ends> {
  return Object.fromEntries((await admin.topicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]));
}

/** Records before the marks that the group has not committed. */
async function countBefore(
  admin: Pick<Admin, "topicOffsets" | "committedOffsets">,
  groupId: string,
  topic: string,
  ends: Ends,
): Promise<number> {
  const [committed, ranges] = await Promise.all([admin.committedOffsets(groupId, topic), admin.topicOffsets(topic)]);
  return ranges.reduce((sum, { partition, low }) => {
    const at = Math.max(Number(committed.get(partition) ?? 0n), Number(low));
    return sum + Math.max(0, (ends[partition] ?? 0) - at);
  }, 0);
}
