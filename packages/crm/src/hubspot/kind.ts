import { adapterOptions, type CrmKind } from "../kind.ts";
import { createAccessTokens } from "../oauth/access-tokens.ts";
import type { z } from "zod";
import { createHubSpot } from "./hubspot.ts";
import { toHubSpotLink } from "./record-link.ts";
import { hubSpotFile, readHubSpot, type HubSpotSettings } from "./settings.ts";

export const hubSpot: CrmKind<z.output<typeof hubSpotFile>, HubSpotSettings> = {
  name: "hubspot",
  file: hubSpotFile,
  batching: true,
  read: readHubSpot,
  recordLink: toHubSpotLink,
  create: (settings, context) =>
    createHubSpot({
      ...adapterOptions(settings, context),
      tokens: createAccessTokens(settings, context),
      apiVersion: settings.apiVersion,
    }),
};
