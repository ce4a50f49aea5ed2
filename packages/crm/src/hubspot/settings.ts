import type { SettingsReading } from "@inlet/settings";
import { z } from "zod";
import type { OAuthSettings } from "../oauth/grant.ts";
import { hubSpotOAuth, readOAuth } from "../oauth/settings.ts";
import { baseUrl, everyKind, readEveryKind, token, type CrmSettings } from "../settings.ts";

/** `crm:` of kind `hubspot` as written. */
export const hubSpotFile = z.strictObject({
  kind: z.literal("hubspot").meta({ description: "the CRM's adapter" }),
  baseUrl: baseUrl.default("https://api.hubapi.com"),
  token: token.optional(),
  oauth: hubSpotOAuth.optional().meta({ description: "an OAuth grant in place of the token (docs/guides/oauth.md)" }),
  apiVersion: z
    .string()
    .regex(/^(v\d+|\d{4}-\d{2})$/, "is not a version of the API")
    .default("v3")
    .meta({ description: "version segment of the API's paths, such as v3" }),
  ...everyKind,
  pipeline: everyKind.pipeline.meta({
    description: "pipeline of new deals, by name or internal id; null for the account's first",
  }),
  stage: everyKind.stage.meta({
    description: "stage of new deals, by name or internal id; null for the pipeline's first",
  }),
});

export interface HubSpotSettings extends CrmSettings {
  readonly kind: "hubspot";
  /** Path version, e.g. `v3`. */
  readonly apiVersion: string;
  readonly oauth: OAuthSettings | null;
}

/**
 * HubSpot Professional and Enterprise: 190 requests in any 10 seconds per app
 * (https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines), hence 10 x 17 + 10, and room for the token that each of
 * ten instances may hold ahead. Apps that are installed by OAuth have 100 (README of hubspot-api-nodejs).
 */
const QUOTAS = { token: { perSecond: 17, burst: 10 }, oauth: { perSecond: 9, burst: 10 } };

export function readHubSpot(crm: z.output<typeof hubSpotFile>, reading: SettingsReading): HubSpotSettings {
  const every = readEveryKind(crm, reading, crm.oauth === undefined ? QUOTAS.token : QUOTAS.oauth);
  return { kind: crm.kind, apiVersion: crm.apiVersion, oauth: readOAuth(crm.oauth, reading), ...every };
}
