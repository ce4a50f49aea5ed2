import { z } from "zod";

/** Fields that operations, and what is looked at beside them, share. */

/** An empty field of a form is none. */
export const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((given) => (given === "" ? undefined : given), schema.optional());

export const tenantId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "is no tenant's id");
export const eventId = z.string().regex(/^evt_\w{1,64}$/, "is no event id (evt_…)");
export const jobId = z.string().regex(/^[\w-]{1,80}$/, "is no job's id");
/** Why it is done, for the readers of lists and audit. */
export const why = optional(z.string().trim().max(500));
