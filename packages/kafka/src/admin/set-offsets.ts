import { randomUUID } from "node:crypto";
import { newClient } from "../connection.ts";
import type { ConnectionOptions } from "../connection.ts";

const JOIN_TIMEOUT_MS = 60_000;

/**
 * Commits offsets for an empty group by joining it as its only member. kafkajs' own `setOffsets` stops after the first fetch of any
 * broker, before the other brokers' partitions are committed; here all go in one commit, and only if no one joined meanwhile.
 */
export async function commitAsOnlyMember(
  connection: ConnectionOptions,
  groupId: string,
  topic: string,
  offsets: ReadonlyMap<number, bigint>,
): Promise<void> {
  const consumer = newClient(
    { ...connection, clientId: `${connection.clientId}-offsets-${randomUUID().slice(0, 8)}` },
    { requestTimeoutMs: 30_000, retries: 3 },
  ).consumer({ groupId, allowAutoTopicCreation: false, sessionTimeout: 15_000, maxWaitTimeInMs: 100 });
  const joined = Promise.withResolvers<readonly number[]>();
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => joined.resolve(payload.memberAssignment[topic] ?? []));
  consumer.on(consumer.events.CRASH, ({ payload }) => joined.reject(payload.error));
  const timer = setTimeout(
    () => joined.reject(new Error(`group ${groupId} could not be joined within ${JOIN_TIMEOUT_MS} ms`)),
    JOIN_TIMEOUT_MS,
  );
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const running = consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: () => Promise.resolve(),
    });
    // `run` makes the group at once; paused before its first fetch, it reads nothing.
    consumer.pause([{ topic }]);
    await running;
    const assigned = await joined.promise;
    const foreign = [...offsets.keys()].filter((partition) => !assigned.includes(partition));
    if (foreign.length > 0) {
      throw new Error(
        `group ${groupId}: partitions ${foreign.join(", ")} of ${topic} are not ours to set: another member joined meanwhile, or they do not exist. Stop the service and try again.`,
      );
    }
    await consumer.commitOffsets(
      [...offsets].map(([partition, offset]) => ({ topic, partition, offset: offset.toString() })),
    );
  } finally {
    clearTimeout(timer);
    await consumer.disconnect();
  }
}
