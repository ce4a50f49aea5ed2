import { secretReference, type SettingsReading } from "@inlet/settings";
import { z } from "zod";
import type { OAuthSettings } from "./grant.ts";

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

type OAuthFile = z.output<typeof hubSpotOAuth> | z.output<typeof httpOAuth>;

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** `crm.oauth` as used; null where the file has none. What is wrong goes to `fault`. */
export function readOAuth(
  oauth: OAuthFile | undefined,
  { resolved, secrets, fault }: SettingsReading,
): OAuthSettings | null {
  if (oauth === undefined) return null;
  const grant = "grant" in oauth ? oauth.grant : "refresh_token";
  if (grant === "refresh_token" && oauth.refreshToken === undefined) {
    fault(
      "crm.oauth.refreshToken",
      "is missing",
      "Give the refresh token by env:NAME or file:PATH; without one say grant: client_credentials",
    );
  }
  if (grant === "client_credentials" && oauth.refreshToken !== undefined) {
    fault(
      "crm.oauth.refreshToken",
      "stands beside grant client_credentials, which has none",
      "Remove it, or say grant: refresh_token",
    );
  }
  const value = (field: "tokenUrl" | "clientId"): string =>
    oauth[field].startsWith("env:") ? (resolved(`crm.oauth.${field}`, oauth[field]) ?? "") : oauth[field];
  const tokenUrl = value("tokenUrl");
  if (tokenUrl !== "" && !isSafe(tokenUrl)) {
    fault(
      "crm.oauth.tokenUrl",
      "is not an https URL without user, password and fragment",
      "Secrets are sent there: give the https address of the token endpoint (http only on a loopback address)",
    );
  }
  return {
    tokenUrl,
    clientId: value("clientId"),
    clientSecret: secrets("crm.oauth.clientSecret", oauth.clientSecret),
    refreshToken: oauth.refreshToken === undefined ? null : secrets("crm.oauth.refreshToken", oauth.refreshToken),
    scope: oauth.scope,
    clientAuth: "clientAuth" in oauth ? oauth.clientAuth : "post",
  };
}

function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (username !== "" || password !== "" || hash !== "") return false;
  return protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname));
}
