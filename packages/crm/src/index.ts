export * from "./port.ts";
export { createCrm } from "./create-crm.ts";
export type { CrmContext, CrmSettings } from "./create-crm.ts";
export { createHubSpot, hubSpotTraits } from "./hubspot/hubspot.ts";
export type { HubSpotOptions } from "./hubspot/hubspot.ts";
export type { AdapterLog, CallReport } from "./call-report.ts";
export { HUBSPOT_CODES } from "./hubspot/faults.ts";
export type { HubSpotCode } from "./hubspot/faults.ts";
