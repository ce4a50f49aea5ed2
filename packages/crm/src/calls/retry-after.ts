type Headers = Readonly<Record<string, string | undefined>>;

/** Longest wait that an answer's header can ask for, ms: a CRM that is well again is never left alone for longer (docs/concepts/protocol.md, section 13). */
export const MOST_RETRY_AFTER_MS = 15 * 60_000;

/** RFC 9110 5.6.7: what a sender must write, and nothing that Date.parse would take besides. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const SECONDS = /^\d+(?:\.\d+)?$/;

/**
 * What an answer's Retry-After (RFC 9110 10.2.3) asks for, seconds or a date, in ms, `mostMs` at most; undefined where there is none, or it
 * is neither. A date counts from the answer's own Date, since the clocks of the CRM and of this machine may differ.
 */
export function retryAfter(headers: Headers, mostMs = MOST_RETRY_AFTER_MS, now = Date.now()): number | undefined {
  const value = headers["retry-after"]?.trim();
  if (value === undefined) return undefined;
  if (SECONDS.test(value)) return Math.min(Math.ceil(Number(value) * 1000), mostMs);
  const date = parseDate(value);
  return date === null ? undefined : Math.min(Math.max(0, date - (parseDate(headers["date"]?.trim()) ?? now)), mostMs);
}

/** ms until the next midnight, UTC: when a daily quota begins anew at the latest, wherever the account is, it is looked at again. */
export function untilMidnight(now = Date.now()): number {
  const day = 24 * 60 * 60_000;
  return day - (now % day);
}

function parseDate(value: string | undefined): number | null {
  if (value === undefined || !HTTP_DATE.test(value)) return null;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : date;
}
