import { z } from "zod";

/** A part of the environment that a process may need; what it does not need may be absent. */
export type Need =
  | "kafka"
  | "registry"
  | "database"
  | "blobs"
  | "tenants"
  | "publicUrl"
  | "urlSigningKeys"
  | "operator"
  | "console";

export interface Variable {
  /** What stands there, for the remedy of a fault and for docs/reference/environment.md. */
  readonly meaning: string;
  readonly example: string;
  /** Required when the process needs this part; optional otherwise. */
  readonly need?: Need;
  readonly default?: string;
  readonly secret?: true;
  readonly schema: z.ZodType<unknown, string>;
}

export function list(item: z.ZodType<string, string>): z.ZodType<string[], string> {
  return z
    .string()
    .transform((text) => text.split(",").map((part) => part.trim()))
    .transform((parts) => parts.filter((part) => part !== ""))
    .pipe(z.array(item).min(1, "is an empty list"));
}

export function url(...protocols: string[]): z.ZodType<string, string> {
  return z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `is not a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}`,
  });
}

export function wholeNumber(least: number, most: number): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^\d{1,15}$/, "is not a whole number")
    .transform(Number)
    .pipe(z.number().min(least, `is below ${least}`).max(most, `is above ${most}`));
}
