export { createBackoff, type Backoff } from "./backoff.ts";
export * from "./circuit.ts";
export * from "./batcher.ts";
export * from "./shared-quota.ts";
export * from "./token-bucket.ts";
export { withTimeout } from "./with-timeout.ts";
