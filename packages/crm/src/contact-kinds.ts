import { z } from "zod";

/** CRMs in which a person may be one of several kinds of record, such as a contact or a lead (`contactAs` of the tenant's file). */
export type ContactKinds = readonly [first: string, ...others: string[]];

/** The setting of such a kind of CRM, beside those of every kind. */
export function contactAsSetting<Kinds extends ContactKinds>(kinds: Kinds) {
  return z
    .enum(kinds)
    .default(kinds[0] as Kinds[number])
    .meta({ description: `what a new contact becomes: ${kinds.join(", ")}; those that are there stay what they are` });
}

/**
 * The id of a contact, which says what it is: `lead:17`. Of the first kind it is the CRM's own, so that ids from before there were others stay.
 */
export function formatContactId(kind: string, id: string, kinds: ContactKinds): string {
  return kind === kinds[0] ? id : `${kind}:${id}`;
}

export function parseContactId(contactId: string, kinds: ContactKinds): { readonly kind: string; readonly id: string } {
  const kind = kinds.slice(1).find((each) => contactId.startsWith(`${each}:`));
  return kind === undefined ? { kind: kinds[0], id: contactId } : { kind, id: contactId.slice(kind.length + 1) };
}
