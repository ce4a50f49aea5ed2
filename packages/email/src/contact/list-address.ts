import type { Header } from "@inlet/schemas";
import { firstValue } from "../headers/header-fields.ts";
import { addressInLocalPart, getLocalPart } from "./robot-address.ts";

/** What an email's header tells of the list that it came through; null where it came through none. */
export interface ListOfEmail {
  /** Addresses of the list, lower-case. */
  readonly addresses: ReadonlySet<string>;
  /** `sales.lists.example` of `List-Id: Sales <sales.lists.example>`, lower-case. */
  readonly id: string | null;
  readonly isGoogleGroup: boolean;
}

/** RFC 2919 and 2369, and what Mailman, Google Groups, groups.io and Majordomo write. */
export function readList(headers: readonly Header[]): ListOfEmail | null {
  const value = (name: string): string => (firstValue(headers, name) ?? "").slice(0, 1_000);
  const id =
    /<([^<>\s]{1,255})>\s*$/.exec(value("List-Id"))?.[1] ?? /^[^\s<>]{1,255}$/.exec(value("List-Id"))?.[0] ?? null;
  const addresses = [
    ...[...value("List-Post").matchAll(/<mailto:([^>?\s]{3,320})/gi)].map(([, address]) => address as string),
    /\blist\s+([^\s;]{3,320})/i.exec(value("Mailing-List"))?.[1],
    ...["X-Mailing-List", "X-BeenThere", "X-Loop-List"].map(
      (name) => /[^\s<>]{1,64}@[^\s<>]{1,255}/.exec(value(name))?.[0],
    ),
  ];
  const known = addresses.filter((address) => address !== undefined).map((address) => address.toLowerCase());
  const isGoogleGroup = value("X-Google-Group-Id") !== "";
  if (id === null && known.length === 0 && !isGoogleGroup) return null;
  return { addresses: new Set(known), id: id?.toLowerCase() ?? null, isGoogleGroup };
}

/** Whether an address is the list's own, not a member's: it is said so, spells the list's id, or is one that the list makes of a member's. */
export function isListAddress(list: ListOfEmail, email: string): boolean {
  const address = email.toLowerCase();
  const [local, domain] = [getLocalPart(address), address.slice(address.lastIndexOf("@") + 1)];
  if (list.addresses.has(address) || list.id === `${local}.${domain}`) return true;
  // LISTSERV writes from an address of its own for a member whose domain forbids others to (DMARC).
  if (local.endsWith("-dmarc-request") && [...list.addresses].some((known) => known.endsWith(`@${domain}`)))
    return true;
  const below = list.id !== null && (list.id === domain || list.id.endsWith(`.${domain}`));
  return below && addressInLocalPart(local) !== null;
}
