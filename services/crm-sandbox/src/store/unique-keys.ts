import type { ObjectType } from "./object-types.ts";
import type { Properties } from "./property-rules.ts";

/** No address is two contacts', neither as the first nor as a further one. Reads by `email` know first ones only. */
export function emailKeys(type: ObjectType, { email = "", hs_additional_emails: further = "" }: Properties): string[] {
  if (type !== "contacts") return [];
  const addresses = [email, ...further.split(";")].filter((address) => address !== "");
  return addresses.map((address) => `${type}/any email/${address.trim().toLowerCase()}`);
}

export function uniqueKey(type: ObjectType, property: string, value: string): string {
  return `${type}/${property}/${property === "email" ? value.toLowerCase() : value}`;
}
