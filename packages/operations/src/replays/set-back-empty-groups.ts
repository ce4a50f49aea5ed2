import type { Admin } from "@inlet/kafka";
import { groupIn } from "@inlet/schemas";
import type { Selected } from "./select-replays.ts";

/**
 * Sets those groups back that no service runs in: only an empty group is moved from outside, and only the members of one that runs may do it. Never
 * forward. Answers which it set back, and by how many records.
 */
export async function setBackEmptyGroups(
  admin: Pick<Admin, "memberCount" | "committedOffsets" | "setOffsets">,
  selected: readonly Selected[],
): Promise<{ group: string; topic: string; records: number }[]> {
  const done: { group: string; topic: string; records: number }[] = [];
  for (const { service, lane, topic, ranges } of selected) {
    const group = groupIn(service, lane);
    if ((await admin.memberCount(group)) > 0) continue;
    const committed = await admin.committedOffsets(group, topic);
    // Without a commit it begins at the first record anyway.
    const back = ranges.filter(({ partition, from }) => BigInt(from) < (committed.get(partition) ?? 0n));
    await admin.setOffsets(group, topic, new Map(back.map(({ partition, from }) => [partition, BigInt(from)])));
    const records = back.reduce((sum, { partition, from }) => sum + Number(committed.get(partition) ?? 0n) - from, 0);
    done.push({ group, topic, records });
  }
  return done;
}
