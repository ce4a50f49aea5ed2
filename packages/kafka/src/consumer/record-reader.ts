import { createBackoff } from "@inlet/resilience";
import type { Kafka as KafkaJS, KafkaMessage } from "kafkajs";
import { newClient, findProtocolError, getReason } from "../connection.ts";
import type { ConnectionOptions } from "../connection.ts";
import { KafkaUnavailableError } from "../port.ts";
import type { Coordinates, KafkaRecord, RecordReader } from "../port.ts";
import { toRecord } from "../record.ts";

/** What this file uses of kafkajs' inside, which reads in consumer groups only: joining one takes seconds, a fetch milliseconds. */
interface Cluster {
  isConnected(): boolean;
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, number[]>>;
  findBroker(of: { nodeId: string }): Promise<{ fetch(request: object): Promise<FetchAnswer> }>;
}

interface FetchAnswer {
  readonly responses: readonly {
    readonly partitions: readonly { readonly messages: readonly (KafkaMessage & { isControlRecord?: boolean })[] }[];
  }[];
}

const KiB = 1024;
/** What one fetch brings at most; a batch that is larger comes whole. */
const FETCH_BYTES = 1024 * KiB;
/** How long elections and brokers that are away are waited for, ms. */
const PATIENCE_MS = 10_000;
const NO_REPLICA = -1;

/** A reader on kafkajs: one connection a broker, kept; fetches go to each partition's leader, in the order of the offsets. */
export function createRecordReader(connection: ConnectionOptions): RecordReader {
  const cluster = openCluster(newClient(connection, { requestTimeoutMs: 15_000, retries: 2 }));

  /** Records from an offset on, none where the log ends; null where the offset is no longer, or not yet, in it. */
  async function fetchFrom(topic: string, partition: number, offset: bigint): Promise<KafkaRecord[] | null> {
    const until = performance.now() + PATIENCE_MS;
    const backoff = createBackoff({ firstMs: 100, mostMs: 1_000 });
    for (;;) {
      try {
        if (!cluster.isConnected()) await cluster.connect();
        await cluster.addMultipleTargetTopics([topic]);
        const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
        if (nodeId === undefined) return null;
        const broker = await cluster.findBroker({ nodeId });
        const answer = await broker.fetch({
          replicaId: NO_REPLICA,
          maxWaitTime: 100,
          minBytes: 1,
          maxBytes: FETCH_BYTES,
          topics: [{ topic, partitions: [{ partition, fetchOffset: offset.toString(), maxBytes: FETCH_BYTES }] }],
        });
        return answer.responses
          .flatMap(({ partitions }) => partitions.flatMap(({ messages }) => messages))
          .filter(({ isControlRecord }) => isControlRecord !== true)
          .map((message) => toRecord(topic, partition, message));
      } catch (error) {
        const code = findProtocolError(error);
        if (code === "OFFSET_OUT_OF_RANGE" || code === "UNKNOWN_TOPIC_OR_PARTITION") return null;
        if (performance.now() > until)
          throw new KafkaUnavailableError(`${topic}/${partition} cannot be read (${getReason(error)})`, {
            cause: error,
          });
        await backoff.wait();
        await cluster.refreshMetadata().catch(getReason);
      }
    }
  }

  async function readPartition(topic: string, partition: number, offsets: bigint[]): Promise<Map<bigint, KafkaRecord>> {
    const found = new Map<bigint, KafkaRecord>();
    const left = new Set(offsets);
    for (const offset of offsets.toSorted((a, b) => (a < b ? -1 : 1))) {
      if (!left.has(offset)) continue;
      const records = (await fetchFrom(topic, partition, offset)) ?? [];
      for (const record of records) if (left.delete(record.offset)) found.set(record.offset, record);
      left.delete(offset);
    }
    return found;
  }

  return {
    read: async (at) => {
      const partitions = new Map<string, { topic: string; partition: number; offsets: bigint[] }>();
      for (const each of at) {
        const { topic, partition } = each;
        const place = partitions.get(toKey(each)) ?? { topic, partition, offsets: [] };
        partitions.set(toKey(each), place);
        place.offsets.push(each.offset);
      }
      const found = new Map(
        await Promise.all(
          [...partitions].map(
            async ([key, { topic, partition, offsets }]) =>
              [key, await readPartition(topic, partition, offsets)] as const,
          ),
        ),
      );
      return at.map((each) => found.get(toKey(each))?.get(each.offset) ?? null);
    },
    close: async () => cluster.disconnect(),
  };
}

function toKey({ topic, partition }: Pick<Coordinates, "topic" | "partition">): string {
  return `${topic}/${partition}`;
}

function openCluster(kafka: KafkaJS): Cluster {
  const create = Object.getOwnPropertySymbols(kafka).find((symbol) => symbol.description === CREATE_CLUSTER);
  if (create === undefined) throw new TypeError("this kafkajs has no inside that records could be read with");
  const inside = kafka as unknown as Record<symbol, (options: object) => Cluster>;
  return (inside[create] as (options: object) => Cluster)({ metadataMaxAge: 60_000, allowAutoTopicCreation: false });
}

const CREATE_CLUSTER = "private:Kafka:createCluster";
