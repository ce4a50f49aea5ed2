import { laneFault, laneStates } from "@inlet/kafka";
import type { LogGap } from "@inlet/ledger";
import type { Findings } from "./findings.ts";
import { toPlace, type Backlog, type Positions } from "./delivery-guarantee.ts";
import { getLaneTopics, type LaneTopic, type Looking } from "./looking.ts";

/** Mail that no live consumer has read for so long is not waiting for a restart any more. */
const LONG_UNREAD_MS = 3_600_000;

/**
 * Compares where each log begins and ends with what its group has read and with what was remembered of it: records that were deleted unread,
 * and topics that were made anew. What is found is remembered, since the next commit wipes the traces away.
 */
export async function checkLogs(looking: Looking, findings: Findings): Promise<void> {
  const { accounts } = looking;
  const marks = new Map((await accounts.logMarks()).map((mark) => [toPlace(mark), mark]));
  const positions = await looking.positions(true);
  const now = looking.now();
  const gaps: LogGap[] = [];
  for (const of of getLaneTopics(looking.lanes)) {
    const partitions = getPartitions(positions, of.topic);
    if (partitions.length === 0) continue;
    const everRead =
      of.groupId !== null &&
      (partitions.some(({ committed }) => committed !== null) ||
        (of.kind === "rawEvents" && partitions.some(({ low }) => low > 0) && !(await accounts.hasRowsFrom(of.topic))));
    const marked = partitions.some((each) => marks.has(toPlace(each)));
    const firstSince = marked ? await firstOffsets(looking, of.topic, marks) : new Map<number, number>();
    for (const { partition, low, high, committed } of partitions) {
      const at = { groupId: of.groupId ?? "", topic: of.topic, partition };
      if (everRead && (committed ?? 0) < low)
        gaps.push({ ...at, from: committed ?? 0, to: low, cause: "deleted_unread" });
      const mark = marks.get(toPlace(at));
      if (mark === undefined) continue;
      const first = firstSince.get(partition) ?? high;
      // The log of then cannot be shorter now, and its records since that time cannot lie further to the front.
      if (high < mark.high || (first < mark.markedOffset && mark.markedOffset > low))
        gaps.push({ ...at, from: Math.min(first, high), to: mark.high, cause: "made_anew" });
    }
  }
  await accounts.rememberGaps(gaps, "inlet reconcile");
  await mark(looking, positions, now);
  for (const gap of await accounts.knownGaps()) {
    const text = describeGap(gap);
    if (gap.acknowledged) findings.note(`acknowledged: ${text}`);
    else
      findings.lose({
        tenant: "unknown",
        eventId: `${toPlace(gap)}/${gap.from}-${gap.to - 1}`,
        state: gap.cause,
        why: text,
      });
  }
}

function describeGap({ groupId, topic, partition, from, to, cause }: LogGap): string {
  const count = `${to - from} records (offsets ${from} to ${to - 1})`;
  return cause === "deleted_unread"
    ? `${count} of ${topic}/${partition} were deleted before ${groupId} read them`
    : `${topic}/${partition} was deleted and made anew, or cut: ${count} that it had are gone`;
}

/** The first offset since the time of each partition's mark, by partition. Partitions that were marked together are asked for together. */
async function firstOffsets(
  looking: Looking,
  topic: string,
  marks: ReadonlyMap<string, { topic: string; partition: number; markedAt: number }>,
): Promise<Map<number, number>> {
  const mine = [...marks.values()].filter((each) => each.topic === topic);
  const found = new Map<number, number>();
  for (const markedAt of new Set(mine.map((each) => each.markedAt))) {
    const first = new Map((await looking.admin.offsetsAt(topic, markedAt)).map((each) => [each.partition, each.low]));
    for (const { partition } of mine.filter((each) => each.markedAt === markedAt)) {
      const offset = first.get(partition);
      if (offset !== undefined) found.set(partition, Number(offset));
    }
  }
  return found;
}

async function mark(looking: Looking, positions: Positions, markedAt: number): Promise<void> {
  for (const { topic } of getLaneTopics(looking.lanes)) {
    const partitions = getPartitions(positions, topic);
    if (partitions.length === 0) continue;
    const first = new Map((await looking.admin.offsetsAt(topic, markedAt)).map((each) => [each.partition, each.low]));
    await looking.accounts.writeLogMarks(
      partitions.map(({ partition, high }) => ({
        topic,
        partition,
        high,
        markedAt,
        markedOffset: Math.min(high, Number(first.get(partition) ?? high)),
      })),
    );
  }
}

/** Lanes whose mail no service reads: a loss where it was never read or lies there for long, else a note, since a service may be restarting. */
export async function checkReaders(looking: Looking, findings: Findings): Promise<void> {
  const positions = await looking.positions();
  const states = new Map((await laneStates(looking.admin, looking.lanes)).map((state) => [state.lane, state]));
  const longAgo = looking.now() - LONG_UNREAD_MS;
  for (const of of getLaneTopics(looking.lanes)) {
    const state = states.get(of.lane);
    const fault = state === undefined ? null : laneFault(state);
    if (state === undefined || fault === null || of.groupId === null || !state.idleGroups.includes(of.groupId))
      continue;
    const partitions = getPartitions(positions, of.topic);
    const unread = partitions.reduce((sum, each) => sum + unreadIn(each), 0);
    const neverRead = partitions.every(({ committed }) => committed === null);
    if (unread > 0 && (neverRead || (await oldestUnreadSince(looking, of, partitions, longAgo))))
      findings.lose({
        tenant: "unknown",
        eventId: of.topic,
        state: "unread",
        why: `${unread} records of ${of.topic} ${neverRead ? "were never read by anybody" : "wait unread for over an hour"}: ${fault}`,
      });
    else findings.note(unread > 0 ? `${unread} records of ${of.topic} are unread. ${fault}` : fault);
  }
}

/** Whether an unread record is older than that. */
async function oldestUnreadSince(
  looking: Looking,
  { topic }: LaneTopic,
  partitions: readonly (Backlog & { partition: number })[],
  since: number,
): Promise<boolean> {
  const first = new Map(
    (await looking.admin.offsetsAt(topic, since)).map((each) => [each.partition, Number(each.low)]),
  );
  return partitions.some(
    (each) => unreadIn(each) > 0 && Math.max(each.committed ?? each.low, each.low) < (first.get(each.partition) ?? 0),
  );
}

export function unreadIn({ low, high, committed }: Backlog): number {
  return Math.max(0, high - Math.max(committed ?? low, low));
}

export function getPartitions(
  positions: Positions,
  topic: string,
): (Backlog & { readonly topic: string; readonly partition: number })[] {
  return [...positions].flatMap(([place, backlog]) => {
    const slash = place.lastIndexOf("/");
    return place.slice(0, slash) === topic ? [{ ...backlog, topic, partition: Number(place.slice(slash + 1)) }] : [];
  });
}
