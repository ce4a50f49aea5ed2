import { mayBeRefused } from "../odd-address.ts";
import type { CallFault, CallOptions, CallResult, ContactInput, Written } from "../port.ts";
import { contactFields } from "./fields.ts";
import { propertiesWith } from "./refused-properties.ts";
import type { ContactRequests, LookupRequest } from "./requests.ts";
import type { Fields } from "./template.ts";

/** What the adapter does for every record. */
export interface RecordCalls {
  find(described: LookupRequest, call: CallOptions): Promise<CallResult<{ recordId: string } | null>>;
  /** `replaces` makes it another write for an API that remembers keys. */
  write(own: Fields, call: CallOptions, replaces: string | null): Promise<CallResult<Written>>;
}

/**
 * Somebody may have made the contact before Inlet: what a person wrote into it stays, and there is no second one. Of an address that the API
 * takes for none the contact is written without it, where the file says how such a one is found again, or that a repeat is known.
 */
export async function upsertContact(
  requests: ContactRequests,
  input: ContactInput,
  calls: RecordCalls,
  call: CallOptions,
): Promise<CallResult<Written>> {
  const { email, replaces = null } = input;
  if (requests.lookup !== undefined) {
    const found = await calls.find(requests.lookup, call);
    // An API may refuse such an address as a filter as well.
    if (!found.ok && !(mayBeRefused(email) && found.fault.kind === "record-permanent")) return found;
    if (found.ok && found.value !== null) return thatIsThere(found.value);
  }
  const made = await calls.write(contactFields(input), call, replaces);
  if (made.ok || !refusesAddress(made.fault, requests, email)) return made;
  if (requests.lookupByKey !== undefined) {
    const found = await calls.find(requests.lookupByKey, call);
    if (!found.ok) return found;
    if (found.value !== null) return thatIsThere(found.value);
  }
  const own = { ...contactFields(input), email: undefined };
  const without = await calls.write(own, call, `${replaces ?? ""} without its address`);
  if (!without.ok) return without;
  const warnings = ["contact_address_refused: the CRM does not take the sender's address; its contact has none"];
  return { ok: true, value: { ...without.value, warnings } };
}

function thatIsThere({ recordId }: { readonly recordId: string }): CallResult<Written> {
  return { ok: true, value: { recordId, created: false } };
}

/** The API names the property that holds the address, or none, and the address is odd. Never where the contact could come twice. */
function refusesAddress(fault: CallFault, requests: ContactRequests, email: string): boolean {
  if (fault.kind !== "record-permanent" || (fault.code !== "http:400" && fault.code !== "http:422")) return false;
  if (!requests.idempotent && requests.lookupByKey === undefined) return false;
  const { properties = [] } = fault;
  const holding = propertiesWith("email", requests.write.body);
  return properties.length === 0 ? mayBeRefused(email) : properties.some((name) => holding.has(name));
}
