import type { CrmConfig } from "./types.ts";

/**
 * What each CRM allows where the tenant's file does not say. HubSpot Professional and Enterprise: 190 requests in any 10 seconds per app
 * (https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines), hence 10 x 17 + 10, and room for the token that each of ten instances
 * may hold ahead. Apps that are installed by OAuth have 100 (README of hubspot-api-nodejs).
 */
const QUOTAS: Readonly<Record<string, CrmConfig["quota"]>> = {
  hubspot: { perSecond: 17, burst: 10 },
  "hubspot by OAuth": { perSecond: 9, burst: 10 },
};

/** A CRM that documents no limit, or a server of one's own: enough for a busy team, and no flood. */
const OTHERS: CrmConfig["quota"] = { perSecond: 50, burst: 50 };

/** The quota of a tenant's CRM; a burst that the file leaves out is half a second's. */
export function quotaOf(
  { kind, oauth }: { readonly kind: string; readonly oauth: boolean },
  written: { readonly perSecond: number; readonly burst?: number | undefined } | undefined,
): CrmConfig["quota"] {
  if (written === undefined) return QUOTAS[oauth ? `${kind} by OAuth` : kind] ?? OTHERS;
  return { perSecond: written.perSecond, burst: written.burst ?? Math.max(1, Math.floor(written.perSecond / 2)) };
}
