import { headerText, type Admin, type KafkaRecord } from "@inlet/kafka";
import type { ReplayFilter, ReplayRange } from "@inlet/ledger";
import { HEADER } from "@inlet/schemas";

/** Ranges of one topic, and which of their records are meant. */
export interface MeantRecords {
  readonly topic: string;
  readonly filter: ReplayFilter;
  readonly ranges: readonly ReplayRange[];
}

/** The records of the ranges, without a group; those that the filter does not mean are passed over. */
export async function* readMeantRecords(
  admin: Admin,
  { topic, filter, ranges }: MeantRecords,
): AsyncGenerator<KafkaRecord> {
  const ends = new Map(ranges.map(({ partition, to }) => [partition, BigInt(to)]));
  const starts = new Map(ranges.map(({ partition, from }) => [partition, BigInt(from)]));
  // A partition of which nothing is meant begins at its end.
  const from = new Map(
    (await admin.topicOffsets(topic)).map(({ partition, high }) => [partition, starts.get(partition) ?? high]),
  );
  for await (const record of admin.readAll(topic, from))
    if (record.offset < (ends.get(record.partition) ?? 0n) && isMeant(record, filter)) yield record;
}

export function isMeant({ headers }: Pick<KafkaRecord, "headers">, { tenant, eventIds }: ReplayFilter): boolean {
  if (tenant !== undefined && headerText(headers, HEADER.tenant) !== tenant) return false;
  return eventIds === undefined || eventIds.includes(headerText(headers, HEADER.eventId) ?? "");
}
