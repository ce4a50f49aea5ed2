import { describeKafka } from "./behaviours.ts";
import { newClient } from "../src/connection.ts";
import { createKafka } from "../src/kafka.ts";
import type { KafkaLog } from "../src/log.ts";
import { untilLed } from "../src/admin/topic-admin.ts";

const silent: KafkaLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

describeKafka("kafkajs on a real broker", async () => {
  // oxlint-disable-next-line node/no-process-env -- the test setup says where its Kafka is
  const brokers = (process.env["KAFKA_BROKERS"] ?? "").split(",");
  const options = { brokers, ssl: false, sasl: null, clientId: "conformance", log: silent };
  const kafka = createKafka({ ...options, sessionTimeoutMs: 3000, metadataMaxAgeMs: 500 });
  const operator = newClient(options, { requestTimeoutMs: 30_000, retries: 5 }).admin();
  await operator.connect();
  return {
    kafka,
    createTopic: async (topic, numPartitions) => {
      await operator.createTopics({
        topics: [{ topic, numPartitions, replicationFactor: 1 }],
        waitForLeaders: false,
      });
      await untilLed(operator, [{ topic, partitions: numPartitions }]);
    },
    addPartitions: async (topic, count) => {
      await operator.createPartitions({ topicPartitions: [{ topic, count }] });
    },
    deleteRecordsBefore: async ({ topic, partition, offset }) => {
      await operator.deleteTopicRecords({ topic, partitions: [{ partition, offset: offset.toString() }] });
    },
    close: () => operator.disconnect(),
  };
});
