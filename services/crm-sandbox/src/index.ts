export { createSandbox } from "./app.ts";
export type { Sandbox, SandboxOptions } from "./app.ts";
export type { ActiveFault, FaultRule, Faults } from "./faults.ts";
export { duplicatesIn } from "./duplicates.ts";
export type { Duplicate } from "./duplicates.ts";
export { getRecords } from "./control.ts";
