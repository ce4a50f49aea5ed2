import { z } from "zod";
import { secretReference } from "./secret-reference-file.ts";

/** An OAuth grant of a tenant's CRM (`crm.oauth`) as written. */

const tokenUrl = z
  .string()
  .regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|https?:\/\/\S+)$/, "is neither a http(s) URL nor env:NAME")
  .meta({ description: "address of the token endpoint: https, or env:NAME" });

const client = {
  clientId: z.string().min(1).meta({ description: "the client's id as the CRM shows it, or env:NAME" }),
  clientSecret: secretReference.meta({ description: "the client's secret: env:NAME or file:PATH" }),
  scope: z
    .string()
    .regex(/^[!#-[\]-~]+( [!#-[\]-~]+)*$/, "is not a list of scopes with one space between them")
    .nullable()
    .default(null)
    .meta({ description: "scopes with one space between them; null for all that were granted" }),
};

const refreshToken = secretReference.meta({
  description: "the refresh token that the authorization gave: env:NAME or file:PATH",
});

export const hubSpotOAuth = z.strictObject({
  tokenUrl: tokenUrl.default("https://api.hubapi.com/oauth/2026-03/token"),
  ...client,
  refreshToken,
});

export const httpOAuth = z.strictObject({
  grant: z
    .enum(["refresh_token", "client_credentials"])
    .default("refresh_token")
    .meta({ description: "the grant's type: refresh_token or client_credentials" }),
  tokenUrl,
  ...client,
  refreshToken: refreshToken.optional(),
  clientAuth: z
    .enum(["basic", "post"])
    .default("basic")
    .meta({ description: "how the client shows its secret: basic (a header) or post (in the form)" }),
});

export type OAuthFile = z.output<typeof hubSpotOAuth> | z.output<typeof httpOAuth>;
