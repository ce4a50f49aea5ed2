export * from "./port.ts";
export { createKafka } from "./kafka.ts";
export type { KafkaOptions } from "./kafka.ts";
export type { KafkaLog } from "./log.ts";
export { murmur2, partitionOf } from "./partition-of.ts";
export { contextOf, traceHeaders, withProcessSpan } from "./trace-context.ts";
export type { ProcessSpanOptions } from "./trace-context.ts";
