import type { Admin, PartitionOffsets } from "@inlet/kafka";
import { groupIn, topicIn } from "@inlet/schemas";
import { UsageError } from "../context.ts";

/** The services whose group reads email, each with its topic. */
const TOPIC_OF = { parser: "rawEvents", "crm-sink": "normalizedEvents" } as const;

export interface OffsetReset {
  readonly service: keyof typeof TOPIC_OF;
  /** Epoch ms of the first record to be read again; 0 for the first that Kafka still has. */
  readonly from: number;
}

/** From `--reset-offsets parser=earliest` or `crm-sink=2026-11-30T08:00:00Z`. Throws {@link UsageError} on what it cannot read. */
export function parseOffsetReset(choice: string): OffsetReset {
  const [service = "", when = ""] = choice.split(/=(.*)/s);
  const from = when === "earliest" ? 0 : Date.parse(when);
  if (!(service in TOPIC_OF) || !Number.isFinite(from))
    throw new UsageError(
      `--reset-offsets ${choice}: expected SERVICE=earliest or SERVICE=TIME, where SERVICE is one of ${Object.keys(TOPIC_OF).join(", ")} and TIME is like 2026-11-30T08:00:00Z`,
    );
  return { service: service as OffsetReset["service"], from };
}

/** Sets the group of the service back in every lane, as Kafka's own tool does. Answers the number of records that are read again. */
export async function resetOffsets(
  admin: Pick<Admin, "topicOffsets" | "offsetsAt" | "committedOffsets" | "setOffsets">,
  { service, from }: OffsetReset,
  lanes: readonly string[],
): Promise<number> {
  let again = 0n;
  for (const lane of lanes) {
    const topic = topicIn(TOPIC_OF[service], lane);
    const group = groupIn(service, lane);
    const [starts, committed] = await Promise.all([
      from === 0 ? admin.topicOffsets(topic) : admin.offsetsAt(topic, from),
      admin.committedOffsets(group, topic),
    ]);
    const first = (at: PartitionOffsets): bigint => at.low;
    await admin.setOffsets(group, topic, new Map(starts.map((at) => [at.partition, first(at)])));
    for (const at of starts) {
      const read = committed.get(at.partition) ?? first(at);
      if (read > first(at)) again += read - first(at);
    }
  }
  return Number(again);
}
