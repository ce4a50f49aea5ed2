import type { TenantView } from "./tenants.ts";

/** What an email costs its CRM where it was not measured: contact, deal, activity, and what binds them. */
const USUAL_CALLS = 4;

type Backlog = Pick<
  TenantView,
  "waiting" | "perSecond" | "tokens" | "callsAnEmail" | "heldSince" | "circuit" | "arriving"
>;

/**
 * Until what waits is written, ms, at the rate of the bucket, with mail coming as it did. Null where it cannot be said: nothing waits, it is held back,
 * its CRM is away, or more comes than the rate allows.
 */
export function estimateThroughMs(view: Backlog): number | null {
  const { waiting, perSecond, heldSince, circuit, arriving } = view;
  if (waiting === 0 || perSecond === null || heldSince !== null || circuit === "open") return null;
  const cost = view.callsAnEmail ?? USUAL_CALLS;
  const left = perSecond - arriving * cost;
  if (left <= 0) return null;
  // Below zero: promised to calls that wait for their turn already.
  return (Math.max(0, waiting * cost - (view.tokens ?? 0)) / left) * 1_000;
}
