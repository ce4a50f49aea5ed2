import { describeKafka } from "./behaviours.ts";
import { createInMemoryKafka } from "../testing/in-memory-kafka.ts";

describeKafka("in memory", () => {
  const kafka = createInMemoryKafka();
  return Promise.resolve({
    kafka,
    createTopic: (name, partitions) => Promise.resolve(kafka.createTopic(name, partitions)),
    addPartitions: (name, count) => Promise.resolve(kafka.addPartitions(name, count)),
    deleteRecordsBefore: (at) => Promise.resolve(kafka.faults.deleteRecordsBefore(at)),
    close: () => Promise.resolve(),
  });
});
