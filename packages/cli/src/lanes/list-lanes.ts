import type { Admin } from "@inlet/kafka";
import type { Job } from "@inlet/ledger";
import { groupIn, lanesIn, topicIn, type TopicName } from "@inlet/schemas";

/** A group of a lane, and how far it is behind. */
export interface LaneGroup {
  readonly group: string;
  readonly members: number;
  /** Records that it has not read; null where the topic does not exist. */
  readonly lag: number | null;
}

export interface Lane {
  readonly lane: string;
  readonly tenants: readonly string[];
  readonly topics: readonly string[];
  readonly missingTopics: readonly string[];
  readonly groups: readonly LaneGroup[];
  /** Tenants that move to it now. */
  readonly moving: readonly string[];
  /** What is wrong with it, in a few words; null when nothing is. */
  readonly fault: string | null;
}

const READ: readonly (readonly [service: string, topic: TopicName])[] = [
  ["parser", "rawEvents"],
  ["crm-sink", "normalizedEvents"],
];
const TOPICS_OF_LANE: readonly TopicName[] = ["rawEvents", "normalizedEvents", "dlq"];

/** Every lane that a tenant's file names or that has topics, with who reads it. */
export async function listLanes(
  admin: Pick<Admin, "topics" | "memberCounts" | "committedOffsets" | "topicOffsets">,
  tenantLanes: readonly { readonly id: string; readonly lane: string | null }[],
  moves: readonly Pick<Job, "lane" | "filter">[],
): Promise<Lane[]> {
  const existing = await admin.topics();
  const named = tenantLanes.flatMap(({ lane }) => (lane === null ? [] : [lane]));
  const lanes = [...new Set([...named, ...lanesIn(existing)])].toSorted();
  const members = await admin.memberCounts(lanes.flatMap((lane) => READ.map(([service]) => groupIn(service, lane))));
  const found: Lane[] = [];
  for (const lane of lanes) {
    const all = TOPICS_OF_LANE.map((topic) => topicIn(topic, lane));
    const missing = all.filter((topic) => !existing.includes(topic));
    const groups: LaneGroup[] = [];
    for (const [service, of] of READ) {
      const [group, topic] = [groupIn(service, lane), topicIn(of, lane)];
      const lag = missing.includes(topic) ? null : await countUnread(admin, group, topic);
      groups.push({ group, members: members.get(group) ?? 0, lag });
    }
    const tenants = tenantLanes.filter((tenant) => tenant.lane === lane).map(({ id }) => id);
    const moving = moves.filter((move) => move.lane === lane).map(({ filter }) => String(filter["tenant"]));
    found.push({
      lane,
      tenants,
      topics: all.filter((topic) => !missing.includes(topic)),
      missingTopics: missing,
      groups,
      moving,
      fault: findFault(tenants, missing, groups),
    });
  }
  return found;
}

/** A lane of no tenant is none's loss, unless something in it is unread. */
function findFault(
  tenants: readonly string[],
  missing: readonly string[],
  groups: readonly LaneGroup[],
): string | null {
  if (missing.length > 0 && tenants.length > 0) return `no topic ${missing.join(", ")}: npx inlet lanes apply`;
  const idle = groups.filter(({ members, lag }) => members === 0 && (tenants.length > 0 || (lag ?? 0) > 0));
  return idle.length === 0 ? null : `no live member in ${idle.map(({ group }) => group).join(", ")}`;
}

async function countUnread(
  admin: Pick<Admin, "committedOffsets" | "topicOffsets">,
  group: string,
  topic: string,
): Promise<number> {
  const [committed, ranges] = await Promise.all([admin.committedOffsets(group, topic), admin.topicOffsets(topic)]);
  return ranges.reduce((sum, { partition, low, high }) => {
    const at = committed.get(partition) ?? low;
    return sum + Math.max(0, Number(high - (at > low ? at : low)));
  }, 0);
}
