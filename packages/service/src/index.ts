export { finishDelivery, tooOld } from "./finish-delivery.ts";
export type { FinishDeps } from "./finish-delivery.ts";
export { UNTOUCHED } from "./finished-delivery.ts";
export type { FinishedDelivery } from "./finished-delivery.ts";
export type { Disposition } from "./disposition.ts";
export { toThrownDisposition } from "./disposition.ts";
export { observeBatches } from "./observe-batches.ts";
export { reportFault } from "./report-fault.ts";
