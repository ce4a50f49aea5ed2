import { groupIn, getTopics } from "@inlet/schemas";
import type { Admin } from "../port.ts";

/** Whether mail of a lane has a place to go to, and somebody who reads it. */
export interface LaneState {
  readonly lane: string;
  /** Topics of its own that do not exist. */
  readonly missingTopics: readonly string[];
  /** Groups without a member, of those that must read it: mail waits for them unread, until retention deletes it. */
  readonly idleGroups: readonly string[];
}

const READERS = ["parser", "crm-sink"] as const;

/** The states of the lanes now, in two requests however many there are. */
export async function laneStates(
  admin: Pick<Admin, "topics" | "memberCounts">,
  lanes: readonly string[],
): Promise<LaneState[]> {
  const groups = lanes.flatMap((lane) => READERS.map((service) => groupIn(service, lane)));
  const [topics, members] = await Promise.all([admin.topics(), admin.memberCounts(groups)]);
  const existing = new Set(topics);
  return lanes.map((lane) => ({
    lane,
    missingTopics: getTopics([lane])
      .filter(({ allLanes, fullName }) => !allLanes && !existing.has(fullName))
      .map(({ fullName }) => fullName),
    idleGroups: READERS.map((service) => groupIn(service, lane)).filter((group) => (members.get(group) ?? 0) === 0),
  }));
}

/** What is wrong with a lane, with the remedy; null when nothing is. */
export function laneFault({ lane, missingTopics, idleGroups }: LaneState): string | null {
  if (missingTopics.length > 0)
    return `lane ${lane} has no topic ${missingTopics.join(", ")}: its mail is refused. Create them (inlet topics apply --lane ${lane}) and start a parser and a crm-sink with LANES=${lane}`;
  if (idleGroups.length > 0)
    return `lane ${lane} is not read: no live member in group ${idleGroups.join(", ")}. Its mail waits unread until retention deletes it. Start ${idleGroups.map((group) => `a ${group.split(".")[0]}`).join(" and ")} with LANES=${lane}`;
  return null;
}
