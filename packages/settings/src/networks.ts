import { BlockList, isIP } from "node:net";

/** Networks as a setting lists them, and whether an address lies in one. */
export interface Networks {
  readonly list: readonly string[];
  /** `address` is IPv4, IPv6, or IPv4 mapped into IPv6 (`::ffff:192.0.2.1`); anything else lies in none. */
  has(address: string): boolean;
}

/** Whether the text is an IP address or a network in CIDR notation (RFC 4632, RFC 4291): `192.0.2.0/24`, `2001:db8::/32`, `192.0.2.7`. */
export function isNetwork(text: string): boolean {
  const [address = "", prefix, ...rest] = text.split("/");
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}

/** The networks of a list in which each entry {@link isNetwork}. */
export function buildNetworks(list: readonly string[]): Networks {
  const inside = new BlockList();
  for (const network of list) {
    const [address = "", prefix] = network.split("/");
    const family = isIP(address) === 4 ? "ipv4" : "ipv6";
    if (prefix === undefined) inside.addAddress(address, family);
    else inside.addSubnet(address, Number(prefix), family);
  }
  return new ListedNetworks(list, inside);
}

/** A class, so that freezing a tree of settings leaves it alone. */
class ListedNetworks implements Networks {
  readonly list: readonly string[];
  readonly #inside: BlockList;

  constructor(list: readonly string[], inside: BlockList) {
    this.list = Object.freeze([...list]);
    this.#inside = inside;
  }

  has(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.#inside.check(address, family === 4 ? "ipv4" : "ipv6");
  }
}
