export { reconcile, type ReconcileOptions } from "./reconcile.ts";
export type { LawReport } from "./delivery-guarantee.ts";
export { PAGE } from "./looking.ts";
export { HashedSet, hashOf } from "./hashed-set.ts";
export { OffsetSet } from "./offset-set.ts";
