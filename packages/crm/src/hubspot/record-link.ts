import type { RecordPlace } from "../kind.ts";

/** Object types of HubSpot's own (developers.hubspot.com/docs/api-reference/crm-understanding, "Object type IDs"); emails and files have no page of their own. */
const OBJECT_TYPES: Readonly<Record<string, string>> = { contact: "0-1", company: "0-2", deal: "0-3" };

/** A record's page in HubSpot, which leads to the account's own region; null where there is none, or another CRM stands at the address. */
export function toHubSpotLink(baseUrl: string, place: RecordPlace): string | null {
  const host = URL.canParse(baseUrl) ? new URL(baseUrl).host : "";
  const portal = /^portal (\d+)$/.exec(place.account)?.[1];
  const type = OBJECT_TYPES[place.effect];
  if (host !== "api.hubapi.com" || portal === undefined || type === undefined || !/^\d+$/.test(place.recordId))
    return null;
  return `https://app.hubspot.com/contacts/${portal}/record/${type}/${place.recordId}`;
}
