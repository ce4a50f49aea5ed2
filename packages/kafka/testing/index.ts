/** Kafka in memory, for tests: the port without a broker. Held to the same conformance suite as the real one. */
export { createInMemoryKafka } from "./in-memory-kafka.ts";
export type { InMemoryFaults, InMemoryKafka, InMemoryKafkaOptions } from "./in-memory-kafka.ts";
