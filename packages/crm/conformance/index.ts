export { CRM_BATCH_CONFORMANCE } from "./batches.ts";
export { CHANGED_RECORDS, CHANGES, CRM_CHANGE_CONFORMANCE, type ChangeCase } from "./changes.ts";
export { GRANT_STORE_CONFORMANCE, type GrantStoreCase } from "./grants.ts";
export { CRM_MATCHING_CONFORMANCE } from "./matching.ts";
export { LACKS, type People } from "./people.ts";
export { CRM_CONFORMANCE } from "./records.ts";
export type { ConformanceCase, ConformanceSubject, InjectedFault } from "./subject.ts";
