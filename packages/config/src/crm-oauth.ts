import type { OAuthFile } from "./crm-oauth-file.ts";
import type { CrmReading } from "./crm-config.ts";
import type { OAuthConfig } from "./types.ts";

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** `crm.oauth` as used; null where the file has none. What is wrong goes to `fault`. */
export function oauthConfig(
  oauth: OAuthFile | undefined,
  { resolved, secrets, fault }: CrmReading,
): OAuthConfig | null {
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
