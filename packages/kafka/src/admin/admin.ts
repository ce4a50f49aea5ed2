import type { Admin as KafkaJSAdmin } from "kafkajs";
import { newClient, findProtocolError, getReason } from "../connection.ts";
import type { ConnectionOptions } from "../connection.ts";
import { getCommittedOffsets, getLogRanges } from "./offsets.ts";
import { KafkaUnavailableError } from "../port.ts";
import type { Admin, Coordinates, KafkaRecord, PartitionOffsets } from "../port.ts";
import { readRanges } from "../consumer/read-records.ts";
import { commitAsOnlyMember } from "./set-offsets.ts";
import { applyTopics, checkTopics } from "./topic-admin.ts";

/**
 * A connected admin on kafkajs. Its calls reject with {@link KafkaUnavailableError} while no broker answers, and with an error that
 * names the topic when it does not exist.
 */
export async function openAdmin(connection: ConnectionOptions): Promise<Admin> {
  const admin = newClient(connection, { requestTimeoutMs: 30_000, retries: 3 }).admin();

  async function ask<T>(what: string, call: () => Promise<T>): Promise<T> {
    try {
      return await duringElections(call);
    } catch (error) {
      const code = findProtocolError(error);
      if (code === "UNKNOWN_TOPIC_OR_PARTITION") {
        throw new Error(`${what}: the topic does not exist. Create it with: inlet topics apply`, { cause: error });
      }
      if (code === null && isKafkajsError(error)) {
        throw new KafkaUnavailableError(`${what}: no broker answers (${getReason(error)}). See that Kafka is up.`, {
          cause: error,
        });
      }
      throw error;
    }
  }

  const topicOffsets = (topic: string): Promise<PartitionOffsets[]> =>
    ask(`offsets of ${topic}`, () => getLogRanges(admin, topic));

  const memberCounts = (groupIds: readonly string[]): Promise<Map<string, number>> =>
    ask(`members of ${groupIds.join(", ")}`, async () => {
      const { groups } = await admin.describeGroups([...groupIds]);
      const found = new Map(groups.map((group) => [group.groupId, group.members.length]));
      return new Map(groupIds.map((groupId) => [groupId, found.get(groupId) ?? 0]));
    });
  const memberCount = async (groupId: string): Promise<number> => (await memberCounts([groupId])).get(groupId) ?? 0;

  async function readRecord(at: Coordinates): Promise<KafkaRecord | null> {
    const range = (await topicOffsets(at.topic)).find(({ partition }) => partition === at.partition);
    if (range === undefined || at.offset < range.low || at.offset >= range.high) return null;
    const wanted = new Map([[at.partition, { from: at.offset, to: at.offset + 1n }]]);
    for await (const record of readRanges(connection, admin, at.topic, wanted)) return record;
    return null;
  }

  async function* readAll(topic: string, from?: ReadonlyMap<number, bigint>): AsyncGenerator<KafkaRecord> {
    const ranges = await topicOffsets(topic);
    const wanted = new Map(
      ranges.map(({ partition, low, high }) => {
        const start = from?.get(partition) ?? low;
        return [partition, { from: start > low ? start : low, to: high }];
      }),
    );
    yield* readRanges(connection, admin, topic, wanted);
  }

  await ask("connecting", () => admin.connect());
  return {
    applyTopics: (lanes) => ask("topics apply", () => applyTopics(admin, lanes)),
    checkTopics: (lanes) => ask("topics check", () => checkTopics(admin, lanes)),
    topics: () => ask("topics", () => admin.listTopics()),
    topicOffsets,
    committedOffsets: (groupId, topic) =>
      ask(`committed offsets of ${groupId}`, () => getCommittedOffsets(admin, groupId, topic)),
    offsetsAt: (topic, timestamp) =>
      ask(`offsets of ${topic}`, async () => {
        const ranges = await getLogRanges(admin, topic);
        const found = await admin.fetchTopicOffsetsByTimestamp(topic, timestamp);
        const first = new Map(found.map(({ partition, offset }) => [partition, BigInt(offset)]));
        return ranges.map(({ partition, high }) => ({ partition, low: first.get(partition) ?? high, high }));
      }),
    setOffsets: async (groupId, topic, offsets) => {
      if (offsets.size === 0) return;
      const members = await memberCount(groupId);
      if (members > 0) throw hasMembers(groupId, members);
      await ask(`offsets of ${groupId}`, () => commitAsOnlyMember(connection, groupId, topic, offsets));
    },
    deleteGroup: async (groupId) => {
      const members = await memberCount(groupId);
      if (members > 0) throw groupInUse(groupId, members);
      await ask(`group ${groupId}`, () => deleteGroup(admin, groupId));
    },
    readRecord,
    readAll,
    memberCount,
    memberCounts,
    close: () => admin.disconnect(),
  };
}

/** What passes by itself within moments: elections, and topics that are just being created. kafkajs' admin gives up at once on these. */
const PASSING = new Set([
  "NOT_LEADER_FOR_PARTITION",
  "LEADER_NOT_AVAILABLE",
  "REPLICA_NOT_AVAILABLE",
  "OFFSET_NOT_AVAILABLE",
  "FENCED_LEADER_EPOCH",
  "UNKNOWN_LEADER_EPOCH",
  "GROUP_COORDINATOR_NOT_AVAILABLE",
  "GROUP_LOAD_IN_PROGRESS",
  "NOT_COORDINATOR_FOR_GROUP",
  "NOT_CONTROLLER",
]);
const ELECTION_MS = 10_000;

async function duringElections<T>(call: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + ELECTION_MS;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (performance.now() > deadline || !PASSING.has(findProtocolError(error) ?? "")) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** The refusal of `setOffsets`, the same from every implementation of the port. */
export function hasMembers(groupId: string, members: number): Error {
  return new Error(
    `group ${groupId} has ${members} member${members === 1 ? "" : "s"}: its offsets cannot be set while it runs. Stop its service first.`,
  );
}

/** The refusal of `deleteGroup`, the same from every implementation of the port. */
export function groupInUse(groupId: string, members: number): Error {
  return new Error(
    `group ${groupId} has ${members} member${members === 1 ? "" : "s"}: it cannot be deleted while it runs.`,
  );
}

/** kafkajs rejects with an error that holds what became of each group. */
async function deleteGroup(admin: Pick<KafkaJSAdmin, "deleteGroups">, groupId: string): Promise<void> {
  try {
    await admin.deleteGroups([groupId]);
  } catch (error) {
    const [failed] = (error as { groups?: readonly { readonly error?: unknown }[] }).groups ?? [];
    const cause = failed?.error ?? error;
    if (findProtocolError(cause) !== "GROUP_ID_NOT_FOUND") throw cause as Error;
  }
}

function isKafkajsError(error: unknown): boolean {
  return error instanceof Error && (error.name.startsWith("KafkaJS") || error instanceof TypeError);
}
