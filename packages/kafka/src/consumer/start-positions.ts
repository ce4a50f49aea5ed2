import { createBackoff } from "@inlet/resilience";
import { newClient, getReason } from "../connection.ts";
import type { ConnectionOptions } from "../connection.ts";
import type { Generation } from "./generation.ts";
import type { ConsumerOptions } from "../port.ts";
import { getCommittedOffsets, getLogRanges } from "../admin/offsets.ts";
import { buildOutOfRangeAlert } from "./out-of-range-alert.ts";

/** What the positions ask of the consumer. */
export interface PositionsHost {
  isCurrent(generation: Generation): boolean;
  seek(partition: number, offset: bigint): void;
  /** The generation's partitions may be fetched. */
  open(generation: Generation): void;
}

export interface StartPositions {
  /** Seeks every assigned partition, opens them, and resolves; gives up when the generation ends. */
  set(generation: Generation): Promise<void>;
  /** Alerts if the gap comes from records that are gone, not from compaction. */
  reportGap(partition: number, expected: bigint, found: bigint): Promise<void>;
  close(): Promise<void>;
}

/**
 * Where each assigned partition starts: at its committed offset, else at the first record. Where the committed offset lies outside
 * of the log (deleted by retention, or a topic made anew), at the first record, with an alert that says how much is missing.
 * Left to itself, kafkajs finds that out from the broker's error and says so in a log line only.
 */
export function createStartPositions(
  connection: ConnectionOptions,
  options: ConsumerOptions,
  host: PositionsHost,
): StartPositions {
  const { topic, groupId } = options;
  const admin = newClient(connection, { requestTimeoutMs: 10_000, retries: 2 }).admin();
  let connecting: Promise<void> | null = null;

  /** A failed connect is forgotten, so that the next call tries anew. */
  async function connected(): Promise<typeof admin> {
    connecting ??= admin.connect();
    try {
      await connecting;
    } catch (error) {
      connecting = null;
      throw error;
    }
    return admin;
  }

  async function find(generation: Generation): Promise<void> {
    const client = await connected();
    const [committed, ranges] = await Promise.all([
      getCommittedOffsets(client, groupId, topic),
      getLogRanges(client, topic),
    ]);
    if (!host.isCurrent(generation)) return;
    for (const { partition, low, high } of ranges) {
      if (!generation.partitions.has(partition)) continue;
      const at = options.startAt?.(partition) ?? committed.get(partition);
      const inside = at !== undefined && at >= low && at <= high;
      if (at !== undefined && !inside) await alert(partition, at, { low, high });
      const from = inside ? at : low;
      generation.expected.set(partition, from);
      host.seek(partition, from);
    }
    generation.positioned = true;
    host.open(generation);
  }

  const alert = (partition: number, position: bigint, range: { low: bigint; high: bigint }): Promise<unknown> =>
    Promise.resolve(options.onAlert?.(buildOutOfRangeAlert({ groupId, topic, partition }, position, range)));

  return {
    set: async (generation) => {
      if (generation.partitions.size === 0) {
        generation.positioned = true;
        return;
      }
      const backoff = createBackoff({ firstMs: 100, mostMs: 2_000 });
      while (host.isCurrent(generation)) {
        try {
          await find(generation);
          return;
        } catch (error) {
          connection.log.warn(
            { groupId, topic, reason: getReason(error) },
            "the start offsets are not known yet, trying again",
          );
          await backoff.wait();
        }
      }
    },
    reportGap: async (partition, expected, found) => {
      try {
        const ranges = await getLogRanges(await connected(), topic);
        const range = ranges.find((one) => one.partition === partition);
        if (range !== undefined && range.low > expected)
          await alert(partition, expected, { low: found, high: range.high });
      } catch (error) {
        connection.log.warn(
          {
            groupId,
            topic,
            partition,
            expected: expected.toString(),
            found: found.toString(),
            reason: getReason(error),
          },
          "records are missing and the log's range is not known",
        );
      }
    },
    close: async () => {
      if (connecting !== null) await admin.disconnect().catch(getReason);
    },
  };
}
