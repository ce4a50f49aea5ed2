import { z } from "zod";
import { optional, tenantId } from "../fields.ts";

export const STATES = [
  "accepted",
  "parsed",
  "delivering",
  "waiting",
  "written",
  "suppressed",
  "dead_lettered",
  // All that have not ended.
  "in_flight",
] as const;

/** Which emails: of the list, of its export, and of what is saved of it. */
export const emailFilter = z.object({
  tenant: optional(tenantId),
  state: optional(z.enum(STATES)),
  since: optional(z.string().max(40)),
  domain: optional(z.string().max(255)),
});

/** A filter as the list's address has it, with nothing else in it and in one order, so that the same filter is the same text. */
export const emailQuery = z
  .string()
  .max(1_000)
  .default("")
  .transform((text, context) => {
    const parsed = emailFilter.safeParse(Object.fromEntries(new URLSearchParams(text)));
    if (!parsed.success) {
      for (const { path, message } of parsed.error.issues)
        context.addIssue({ code: "custom", message: `${path.join(".")}: ${message}` });
      return z.NEVER;
    }
    const { tenant, state, since, domain } = parsed.data;
    const address = new URLSearchParams();
    for (const [name, value] of Object.entries({ tenant, state, since, domain: domain?.toLowerCase() }))
      if (value !== undefined) address.set(name, value);
    return address.toString();
  });
