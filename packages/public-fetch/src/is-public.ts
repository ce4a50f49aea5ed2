import ipaddr from "ipaddr.js";

/** Whether an address is one of the public internet: not private, loopback, link-local, multicast, or mapped to such. */
export function isPublic(address: string): boolean {
  return ipaddr.process(address).range() === "unicast";
}

/** The address that a URL's host is itself; null where it is a name. */
export function findLiteral(hostname: string): string | null {
  const bare = hostname.replace(/^\[|\]$/g, "");
  return ipaddr.isValid(bare) ? bare : null;
}
