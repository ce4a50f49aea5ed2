import { z } from "zod";

/** A new thread costs about so many calls: contact, deal, activity, and what binds them. */
export const CALLS_AN_EMAIL = 4;

/** What an operation would touch. Times are epoch ms. */
export const reachSchema = z.object({
  emails: z.number(),
  tenants: z.array(z.string()).nullable().describe("null: any, it is not known before"),
  oldestAt: z.number().nullable(),
  newestAt: z.number().nullable(),
  calls: z.number().describe("of CRMs, at most about so many"),
  parts: z
    .array(z.record(z.string(), z.unknown()))
    .describe("the same in parts: by lane, by tenant and code, by email"),
});
export type Reach = z.infer<typeof reachSchema>;
