import { z } from "zod";

const whom = (description: string) => z.enum(["original", "from"]).default("original").meta({ description });

/** `contactFrom:` of a tenant's file (docs/guides/matching.md): whose contact an email is written to where somebody writes behind From. */
export const contactFile = z
  .strictObject({
    list: whom("a mailing list in From: original (who posted) or from (the list)"),
    group: whom("a group of your own in From: original (who wrote to it) or from (the group)"),
    form: whom("a form on a website: original (who filled it in) or from (the form's address)"),
    forwarder: whom("a forwarding service in From: original (who wrote) or from (the service)"),
    colleague: whom("a colleague who forwards a customer's email: original (the customer) or from (the colleague)"),
  })
  .prefault({});

export type ContactFile = z.output<typeof contactFile>;

/** Those of the settings that are not the default, in a fixed order: what a mapping version is made of. */
export function contactShape(contactFrom: ContactFile): string[] {
  return Object.entries(contactFrom)
    .flatMap(([kind, from]) => (from === "original" ? [] : [kind]))
    .toSorted();
}
