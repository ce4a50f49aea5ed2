import { z } from "zod";

const DURATION_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `10s`, `7d`: a whole number with a unit. Milliseconds when read. */
export const duration = z
  .string()
  .regex(/^[1-9]\d{0,8}(ms|s|m|h|d)$/, "is not a duration")
  .meta({ description: "a whole number and ms, s, m, h or d, such as 10s or 7d" });

/** Milliseconds of a duration such as `10s` or `7d` that a schema has let through. */
export function milliseconds(text: string): number {
  const unit = /[a-z]+$/.exec(text)?.[0] as keyof typeof DURATION_MS;
  return Number.parseInt(text, 10) * DURATION_MS[unit];
}
