import { MOST_RETRY_AFTER_MS } from "./retry-after.ts";

type Headers = Readonly<Record<string, string | undefined>>;

/** What is left of one of the account's limits, no matter who used the rest of it. */
export interface Budget {
  /** As in the operations' costs. */
  readonly unit: string;
  readonly left: number;
  /** ms until there is more; null where the CRM does not tell. */
  readonly resetMs: number | null;
}

/** What an answer's headers say of the account's limits; none where they say nothing that can be read. */
export type ReadBudgets = (headers: Headers) => readonly Budget[];

/** A reset beyond this is a time of day, s: no one's window is thirty years long. */
const EPOCH_FROM = 1_000_000_000;

/**
 * What an answer says of its account's limit of requests: HubSpot's own headers, the `RateLimit` of draft-ietf-httpapi-ratelimit-headers (`"default";r=50;t=30`)
 * and of its older versions (`RateLimit-Remaining`, `RateLimit-Reset` in seconds), and `X-RateLimit-*` as GitHub and others write them (a
 * reset in seconds, or as a time). The scarcest counts.
 */
export function readRequestBudget(headers: Headers, now = Date.now()): readonly Budget[] {
  const said = [
    remaining(headers["x-hubspot-ratelimit-remaining"], undefined, now),
    remaining(headers["ratelimit-remaining"], headers["ratelimit-reset"], now),
    remaining(headers["x-ratelimit-remaining"], headers["x-ratelimit-reset"], now),
    ...policies(headers["ratelimit"]).map(({ r, t }) => remaining(r, t, now)),
  ].filter((each) => each !== null);
  return said.toSorted((a, b) => a.left - b.left).slice(0, 1);
}

/**
 * How long the tenant's calls had better stand still: where less is left than they use in half a second, for the part of a second that it
 * does not last for; where nothing is left, until there is more. 0: they go on.
 */
export function pauseFor({ left, resetMs }: Pick<Budget, "left" | "resetMs">, perSecond: number): number {
  if (left > 0 && left >= perSecond / 2) return 0;
  if (left === 0 && resetMs !== null) return Math.min(resetMs, MOST_RETRY_AFTER_MS);
  const untilAffordable = (1 - left / perSecond) * 1_000;
  return Math.ceil(resetMs === null ? untilAffordable : Math.min(untilAffordable, resetMs));
}

function remaining(said: string | undefined, reset: string | undefined, now: number): Budget | null {
  const left = wholeNumber(said);
  if (left === null) return null;
  const seconds = wholeNumber(reset);
  const resetMs =
    seconds === null ? null : Math.max(0, seconds >= EPOCH_FROM ? seconds * 1_000 - now : seconds * 1_000);
  return { unit: "requests", left, resetMs };
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
