import { UsageError } from "./context.ts";

/** A number of rows to list, from 1 to `most`. Throws {@link UsageError}. */
export function parseLimit(text: string, most: number): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= most) return limit;
  throw new UsageError(`--limit ${text}: not a whole number from 1 to ${most}`);
}
