import { UsageError } from "./context.ts";

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time as operators say it, in epoch ms: `30m`, `12h` or `7d` ago, or a point in time. `option` is named where it is neither. */
export function parseTime(text: string, now: number, option = "--since"): number {
  const span = /^(\d{1,6})([mhd])$/.exec(text);
  const at = span === null ? Date.parse(text) : now - Number(span[1]) * (UNIT_MS[span[2] ?? ""] ?? 0);
  if (Number.isFinite(at)) return at;
  throw new UsageError(`${option} ${text}: neither 30m, 12h or 7d, nor a time such as 2026-11-30T08:00:00Z`);
}
