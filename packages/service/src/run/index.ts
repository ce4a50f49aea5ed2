export { runConsumerService } from "./run-consumer-service.ts";
export type { ConsumerContext, StartedConsumer } from "./run-consumer-service.ts";
export { runService } from "./run-service.ts";
export type { Service, ServiceContext, StartedService } from "./run-service.ts";
