import { parseGrant, ROLES } from "@inlet/domain";
import { UsageError } from "./context.ts";

export type GrantOption = readonly { readonly role: string; readonly tenant: string }[];

/** One `--grant` more: `view`, or `view:acme`. Throws {@link UsageError}. */
export function collectGrants(value: string, before: GrantOption): GrantOption {
  const grant = parseGrant(value);
  if (grant === null)
    throw new UsageError(
      `--grant ${value}: expected ROLE or ROLE:TENANT, where ROLE is one of ${Object.keys(ROLES).join(", ")}`,
    );
  return [...before, grant];
}

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `10m`, `12h` or `90d` in ms. Throws {@link UsageError}. */
export function parseTtl(text: string): number {
  const [, amount, unit] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? [];
  if (amount === undefined) throw new UsageError(`--ttl ${text}: expected 10m, 12h or 90d`);
  return Number(amount) * (UNIT_MS[unit ?? ""] ?? 0);
}
