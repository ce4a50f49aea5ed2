import kafkajs from "kafkajs";
import type { Admin as KafkaJSAdmin } from "kafkajs";
import { findProtocolError } from "../connection.ts";
import type { TopicFault } from "../port.ts";
import {
  buildConfig,
  differingConfig,
  findFaults,
  offsetRetentionFaults,
  wantedReplication,
  wantedTopics,
} from "./topic-settings.ts";
import type { ActualTopic, WantedTopic } from "./topic-settings.ts";

/** `ConfigSource` of a value set on the topic itself. */
const SET_ON_TOPIC = 1;
const CREATE_TIMEOUT_MS = 20_000;

interface Found extends ActualTopic {
  /** Settings made on the topic itself, ours and others'. */
  readonly ownConfig: ReadonlyMap<string, string>;
}

interface Cluster {
  readonly brokers: readonly number[];
  readonly topics: ReadonlyMap<string, Found>;
}

/** Port's `applyTopics` on kafkajs. */
export async function applyTopics(admin: KafkaJSAdmin, lanes: readonly string[]): Promise<string[]> {
  const wanted = wantedTopics(lanes);
  const cluster = await look(admin, wanted);
  const done: string[] = [];
  const missing = wanted.filter(({ topic }) => !cluster.topics.has(topic));
  if (missing.length > 0) {
    const replication = wantedReplication(cluster.brokers.length);
    // One by one: kafkajs takes "already exists" for success only alone, and another process may be creating them too.
    for (const one of missing) {
      const configEntries = Object.entries(buildConfig(one, replication)).map(([name, value]) => ({ name, value }));
      const created = await admin.createTopics({
        topics: [{ topic: one.topic, numPartitions: one.partitions, replicationFactor: replication, configEntries }],
        timeout: CREATE_TIMEOUT_MS,
        waitForLeaders: false,
      });
      if (created) done.push(`${one.topic}: created with ${one.partitions} partitions, replication ${replication}`);
    }
    await untilLed(admin, missing);
  }
  for (const one of wanted) {
    const found = cluster.topics.get(one.topic);
    if (found !== undefined) done.push(...(await adjust(admin, one, found)));
  }
  return done;
}

/** Port's `checkTopics` on kafkajs. */
export async function checkTopics(admin: KafkaJSAdmin, lanes: readonly string[]): Promise<TopicFault[]> {
  const wanted = wantedTopics(lanes);
  const cluster = await look(admin, wanted);
  return [
    ...wanted.flatMap((one) => findFaults(one, cluster.topics.get(one.topic) ?? null, cluster.brokers.length)),
    ...offsetRetentionFaults(wanted, await offsetRetentionMinutes(admin, cluster.brokers)),
  ];
}

/**
 * Waits until every partition has a leader. kafkajs' own `waitForLeaders` gives up at once where a broker does not know the topic
 * yet, as right after its creation under KRaft.
 */
export async function untilLed(
  admin: KafkaJSAdmin,
  topics: readonly { readonly topic: string; readonly partitions: number }[],
): Promise<void> {
  const deadline = performance.now() + CREATE_TIMEOUT_MS;
  for (const { topic, partitions } of topics) {
    while (!(await isLed(admin, topic, partitions))) {
      if (performance.now() > deadline) {
        throw new Error(
          `${topic}: no leader for every partition within ${CREATE_TIMEOUT_MS} ms. See the brokers' logs.`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function isLed(admin: KafkaJSAdmin, topic: string, partitions: number): Promise<boolean> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const found = topics.find(({ name }) => name === topic)?.partitions ?? [];
    return found.length >= partitions && found.every(({ leader }) => leader >= 0);
  } catch (error) {
    const code = findProtocolError(error);
    if (code === "UNKNOWN_TOPIC_OR_PARTITION" || code === "LEADER_NOT_AVAILABLE") return false;
    throw error;
  }
}

async function adjust(admin: KafkaJSAdmin, wanted: WantedTopic, found: Found): Promise<string[]> {
  const { topic } = wanted;
  const done: string[] = [];
  if (found.partitions < wanted.partitions && !wanted.fixedPartitions) {
    await admin.createPartitions({ topicPartitions: [{ topic, count: wanted.partitions }] });
    done.push(`${topic}: grown from ${found.partitions} to ${wanted.partitions} partitions`);
  }
  const differing = differingConfig(buildConfig(wanted, found.replication), found.config);
  if (differing.length > 0) {
    // AlterConfigs replaces all of a topic's own settings: what others set on it goes along.
    const entries = new Map(found.ownConfig);
    for (const { name, expected } of differing) entries.set(name, expected);
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name: topic,
          configEntries: [...entries].map(([name, value]) => ({ name, value })),
        },
      ],
    });
    for (const { name, expected, actual } of differing)
      done.push(`${topic}: ${name} set from ${actual} to ${expected}`);
  }
  return done;
}

async function look(admin: KafkaJSAdmin, wanted: readonly WantedTopic[]): Promise<Cluster> {
  const { brokers } = await admin.describeCluster();
  const existing = new Set(await admin.listTopics());
  const names = wanted.map(({ topic }) => topic).filter((topic) => existing.has(topic));
  const nodes = brokers.map(({ nodeId }) => nodeId);
  if (names.length === 0) return { brokers: nodes, topics: new Map() };
  const [metadata, configs] = await Promise.all([
    admin.fetchTopicMetadata({ topics: names }),
    admin.describeConfigs({
      includeSynonyms: false,
      resources: names.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
    }),
  ]);
  const topics = new Map<string, Found>();
  for (const { name, partitions } of metadata.topics) {
    const entries = configs.resources.find(({ resourceName }) => resourceName === name)?.configEntries ?? [];
    topics.set(name, {
      partitions: partitions.length,
      replication: Math.min(...partitions.map(({ replicas }) => replicas.length)),
      config: new Map(entries.map(({ configName, configValue }) => [configName, configValue])),
      ownConfig: new Map(
        entries
          .filter(({ configSource }) => Number(configSource) === SET_ON_TOPIC)
          .map(({ configName, configValue }) => [configName, configValue]),
      ),
    });
  }
  return { brokers: nodes, topics };
}

/** The smallest over the brokers; null where they do not tell (managed clusters hide it). */
async function offsetRetentionMinutes(admin: KafkaJSAdmin, brokers: readonly number[]): Promise<number | null> {
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: brokers.map((node) => ({
        type: kafkajs.ConfigResourceTypes.BROKER,
        name: String(node),
        configNames: ["offsets.retention.minutes"],
      })),
    });
    const values = resources.flatMap(({ configEntries }) =>
      configEntries.map(({ configValue }) => Number(configValue)),
    );
    const known = values.filter((value) => Number.isFinite(value));
    return known.length === 0 ? null : Math.min(...known);
  } catch {
    return null;
  }
}
