import { z } from "zod";
import { SECRET_REFERENCE } from "./secret-reference.ts";

/** A secret as a tenant file names it. */
export const secretReference = z
  .string()
  .regex(SECRET_REFERENCE, "is a literal value: secrets are never written into a tenant file")
  .meta({ description: "env:NAME (an environment variable) or file:PATH (a file that holds the secret)" });

/** One secret, or every one that is valid now, the newest first. */
export const secretReferences = z.union([secretReference, z.array(secretReference).min(1).max(8)], {
  error: ({ input }) =>
    typeof input === "string"
      ? "is a literal value: secrets are never written into a tenant file"
      : "is not a reference to a secret",
});
