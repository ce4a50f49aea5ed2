import { MOST_RETRY_AFTER_MS } from "./retry-after.ts";

type Headers = Readonly<Record<string, string | undefined>>;

/** What is left of an account's limit, whoever used the rest of it. */
export interface Remaining {
  readonly requests: number;
  /** ms until there are more; null where the CRM does not tell. */
  readonly resetMs: number | null;
}

/** A reset beyond this is a time of day, s: nobody's window is thirty years long. */
const EPOCH_FROM = 1_000_000_000;

/**
 * What an answer says of its account's limit: HubSpot's own headers, the `RateLimit` of draft-ietf-httpapi-ratelimit-headers (`"default";r=50;t=30`)
 * and of its older versions (`RateLimit-Remaining`, `RateLimit-Reset` in seconds), and `X-RateLimit-*` as GitHub and others write them (a
 * reset in seconds, or as a time). The scarcest counts; null where nothing is said that can be read.
 */
export function remainingOf(headers: Headers, now = Date.now()): Remaining | null {
  const said = [
    remaining(headers["x-hubspot-ratelimit-remaining"], undefined, now),
    remaining(headers["ratelimit-remaining"], headers["ratelimit-reset"], now),
    remaining(headers["x-ratelimit-remaining"], headers["x-ratelimit-reset"], now),
    ...policies(headers["ratelimit"]).map(({ r, t }) => remaining(r, t, now)),
  ].filter((each) => each !== null);
  return said.toSorted((a, b) => a.requests - b.requests)[0] ?? null;
}

/**
 * How long the tenant's calls had better stand still: where less is left than they use in half a second, for the part of a second that it
 * does not last for; where nothing is left, until there is more. 0: they go on.
 */
export function pauseFor({ requests, resetMs }: Remaining, perSecond: number): number {
  if (requests > 0 && requests >= perSecond / 2) return 0;
  if (requests === 0 && resetMs !== null) return Math.min(resetMs, MOST_RETRY_AFTER_MS);
  const untilAffordable = (1 - requests / perSecond) * 1_000;
  return Math.ceil(resetMs === null ? untilAffordable : Math.min(untilAffordable, resetMs));
}

function remaining(left: string | undefined, reset: string | undefined, now: number): Remaining | null {
  const requests = wholeNumber(left);
  if (requests === null) return null;
  const seconds = wholeNumber(reset);
  if (seconds === null) return { requests, resetMs: null };
  return { requests, resetMs: Math.max(0, seconds >= EPOCH_FROM ? seconds * 1_000 - now : seconds * 1_000) };
}

/** The parameters `r` and `t` of each item of the structured field. */
function policies(field: string | undefined): { r: string | undefined; t: string | undefined }[] {
  return (field ?? "").split(",").map((item) => {
    const parameters = new Map(
      [...item.matchAll(/;\s*([a-z]+)\s*=\s*(\d{1,10})/g)].map(([, name, value]) => [name, value]),
    );
    return { r: parameters.get("r"), t: parameters.get("t") };
  });
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\s*\d{1,12}(?:\.\d+)?\s*$/.test(text) ? Math.floor(Number(text)) : null;
}
