import { z } from "zod";
import { SECRET_REFERENCE } from "./secret-reference.ts";

/** A secret as a tenant file names it. */
export const secretReference = z
  .string()
  .regex(SECRET_REFERENCE, "is a literal value: secrets are never written into a tenant file")
  .meta({ description: "env:NAME (an environment variable) or file:PATH (a file that holds the secret)" });
