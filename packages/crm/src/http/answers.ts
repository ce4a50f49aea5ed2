import type { CallFault, CallResult } from "../port.ts";
import { outage, permanent } from "./faults.ts";

/** What the adapter's calls come to, in the port's words. */

export function done<T>(value: T): CallResult<T> {
  return { ok: true, value };
}

export function failed(fault: CallFault): { ok: false; fault: CallFault } {
  return { ok: false, fault };
}

export function unreadable(where: string, unknown: boolean) {
  return failed(
    outage("http:unreadable", `the answer has no record's id where crm.requests.${where} points`, { unknown }),
  );
}

export function notConfigured(where: string) {
  return failed(permanent("http:not-configured", `the tenant file has no crm.requests.${where}`));
}
