import { groupIn, topicIn } from "@inlet/schemas";
import type { RunningInlet } from "./running-inlet.ts";

/** Records that the groups of the parser and the sink have still to read. */
export async function backlog(inlet: RunningInlet): Promise<number> {
  let left = 0;
  for (const [service, topic] of [
    ["parser", topicIn("rawEvents", "shared")],
    ["crm-sink", topicIn("normalizedEvents", "shared")],
  ] as const) {
    const committed = await inlet.admin.committedOffsets(groupIn(service, "shared"), topic);
    for (const { partition, low, high } of await inlet.admin.topicOffsets(topic))
      left += Number(high - (committed.get(partition) ?? low));
  }
  return left;
}
