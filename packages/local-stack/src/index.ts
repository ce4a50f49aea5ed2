export { LocalStackError } from "./errors.ts";
export { lastLines } from "./log-tail.ts";
export { assertPortFree, DEFAULT_PORTS, freePorts, type StackPorts } from "./ports.ts";
export { findOwner } from "./run-records.ts";
export { S3_CREDENTIALS, type S3Server, startS3Server } from "./s3-node.ts";
export {
  type LocalPart,
  type LocalStack,
  type LocalStackOptions,
  type PartProgress,
  startLocalStack,
} from "./start.ts";
export { type Child, type ChildSpec, Supervisor } from "./supervisor.ts";
