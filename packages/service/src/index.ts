export type { Log } from "./log.ts";
export { observeBatches } from "./observe-batches.ts";
export { reportFault } from "./report-fault.ts";
