import { z } from "zod";

/** `console:` of a tenant's file (docs/guides/console.md). */
export const consoleFile = z
  .strictObject({
    reason: z.enum(["required", "optional"]).default("optional").meta({
      description:
        "required: before the console shows an email's content, a person says why; the reason stands in the audit",
    }),
  })
  .prefault({});
