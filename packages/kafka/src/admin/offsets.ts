import type { Admin as KafkaJSAdmin } from "kafkajs";
import type { PartitionOffsets } from "../port.ts";

/**
 * Committed offsets by partition. kafkajs gives -1 for none, and commits -2 ("earliest") itself when an offset is out of range:
 * both mean that no offset is committed.
 */
export async function getCommittedOffsets(
  admin: KafkaJSAdmin,
  groupId: string,
  topic: string,
): Promise<Map<number, bigint>> {
  const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const offsets = (answer?.partitions ?? []).map(({ partition, offset }) => [partition, BigInt(offset)] as const);
  return new Map(offsets.filter(([, offset]) => offset >= 0n));
}

/** First and next offset of every partition, by partition number. */
export async function getLogRanges(admin: KafkaJSAdmin, topic: string): Promise<PartitionOffsets[]> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return offsets
    .map(({ partition, low, high }) => ({ partition, low: BigInt(low), high: BigInt(high) }))
    .toSorted((a, b) => a.partition - b.partition);
}
