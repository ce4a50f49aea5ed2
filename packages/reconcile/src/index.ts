export { reconcile, type ReconcileOptions } from "./reconcile.ts";
export type { GuaranteeReport } from "./delivery-guarantee.ts";
export { PAGE } from "./looking.ts";
export { HashedSet, hashKey } from "./hashed-set.ts";
export { OffsetSet } from "./offset-set.ts";
