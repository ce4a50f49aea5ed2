export * from "./circuit.ts";
export * from "./gatherer.ts";
export * from "./shared-quota.ts";
export * from "./token-bucket.ts";
