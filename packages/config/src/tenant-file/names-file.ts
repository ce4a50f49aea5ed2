import { z } from "zod";

/** Names as a tenant file has them. */

/** Of sources, mailboxes, intents, rules and notices. */
export const entryName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, "is not a name of a-z, 0-9 and - (at most 40 characters)");

export const tagKind = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, "is not a kind of a-z, 0-9 and - (at most 40 characters)");

export const tagValue = z.string().min(1).max(128).meta({ description: "the tag's value, at most 128 characters" });
