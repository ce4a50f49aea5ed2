export { TaskFailed } from "./isolated-process.ts";
export type { TaskFault } from "./isolated-process.ts";
export { createProcessPool } from "./process-pool.ts";
export type { ProcessPool } from "./process-pool.ts";
