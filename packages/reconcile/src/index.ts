export { findUntold, reconcile, type ReconcileOptions } from "./reconcile.ts";
export type { GuaranteeReport, Lost } from "./delivery-guarantee.ts";
export { PAGE } from "./looking.ts";
export { HashedSet, hashKey } from "./hashed-set.ts";
export { OffsetSet } from "./offset-set.ts";
export { addCount, NOTHING, type TenantCount } from "./tenant-counts.ts";
