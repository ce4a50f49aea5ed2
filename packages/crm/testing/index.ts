export { fakeCrm } from "./fake-crm.ts";
export { memoryGrants } from "./memory-grants.ts";
