import type { CallFault } from "../../port.ts";
import { passing, permanent } from "./faults.ts";

/**
 * What a search is charged: HubSpot allows 4 to 5 of them in a second, and 17 to 19 calls of other kinds, so that one quota
 * keeps to both.
 */
export const SEARCH_COST = { requests: 5 };

/**
 * Mail goes on without what a search would find: too many of them in a second say nothing of the account, and a token that may not read
 * companies is one that Inlet worked with before it looked for any.
 */
export function ofSearch(fault: CallFault): CallFault {
  switch (fault.code) {
    case "hubspot:429:SECONDLY":
      return passing(fault.code, fault.message);
    case "hubspot:403:MISSING_SCOPES":
      return permanent(fault.code, fault.message);
    default:
      return fault;
  }
}
