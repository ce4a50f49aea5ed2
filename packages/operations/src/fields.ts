import { ROLES, parseGrant } from "@inlet/domain";
import type { Grant } from "@inlet/ledger";
import { z } from "zod";
import { badInput } from "./problem.ts";

/** Fields that operations, and what is looked at beside them, share: each as JSON has it, and as a form sends it. */

/** An empty field of a form is none. */
export const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((given) => (given === "" ? undefined : given), schema.optional());

/** A list, or a text of it with spaces, commas or lines between. */
export const list = <T extends z.ZodType>(schema: T) =>
  z.preprocess(
    (given) => (typeof given === "string" ? given.split(/[\s,]+/).filter((part) => part !== "") : (given ?? undefined)),
    z.array(schema).max(1_000).default([]),
  );

/** A box that is ticked. */
export const flag = z.preprocess(
  (given) => (given === "on" || given === "true" ? true : given === "" || given === "false" ? false : given),
  z.boolean().default(false),
);

export const tenantId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "is no tenant's id");
export const eventId = z.string().regex(/^evt_\w{1,64}$/, "is no event id (evt_…)");
export const jobId = z.string().regex(/^[\w-]{1,80}$/, "is no job's id");
/** Why it is done, for the readers of lists and audit. */
export const why = optional(z.string().trim().max(500));
/** `30m`, `12h` or `7d` ago, a point in time, or epoch ms: {@link toTime}. */
export const time = optional(z.union([z.number().int().nonnegative(), z.string().max(40)]));

/** When it was asked first, which times such as `24h` are counted from: what was shown then is what is done. */
export const asOf = optional(z.coerce.number().int().nonnegative()).describe("epoch ms; now, unless it is said");

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time that was given, in epoch ms. Throws a problem that names the field. */
export function toTime(given: string | number, now: number, field: string): number {
  if (typeof given === "number") return given;
  if (/^\d{10,16}$/.test(given)) return Number(given);
  const [, amount, unit] = /^(\d{1,6})([mhd])$/.exec(given) ?? [];
  const at = amount === undefined ? Date.parse(given) : now - Number(amount) * (UNIT_MS[unit ?? ""] ?? 0);
  if (Number.isFinite(at)) return at;
  throw badInput(`${field} ${given}: neither 30m, 12h or 7d, nor a time such as 2026-11-30T08:00:00Z`);
}

/** `10m`, `12h` or `90d` in ms. */
export const span = z
  .string()
  .regex(/^[1-9]\d{0,4}[mhd]$/, "is not written as 10m, 12h or 90d")
  .transform((text) => Number(text.slice(0, -1)) * (UNIT_MS[text.slice(-1)] ?? 0));

/** `view` or `view:acme`, each. */
export const grants: z.ZodType<Grant[], unknown> = list(
  z.string().transform((text, context) => {
    const grant = parseGrant(text);
    if (grant !== null) return grant;
    const message = `${text}: expected ROLE or ROLE:TENANT, where ROLE is one of ${Object.keys(ROLES).join(", ")}`;
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  }),
);
