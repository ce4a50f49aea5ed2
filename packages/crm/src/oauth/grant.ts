import { createHash } from "node:crypto";
import type { SecretList } from "@inlet/settings";

/** What a tenant's file says of `crm.oauth` (RFC 6749). */
export interface OAuthSettings {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: SecretList;
  /** Of grant refresh_token; null for client_credentials. */
  readonly refreshToken: SecretList | null;
  /** Space-separated; null for what the grant has. */
  readonly scope: string | null;
  /** How the client shows who it is: client_secret_post or client_secret_basic (RFC 6749 2.3.1). */
  readonly clientAuth: "post" | "basic";
}

/** A grant with its secrets bare. */
export interface Grant {
  /** Names the grant in the ledger. Another secret in the tenant's file is another grant, which starts anew; where it is sent and by whom is not. */
  readonly id: string;
  /** What the ledger's copy is sealed with: the database does not have it. */
  readonly sealingSecret: string;
  readonly settings: OAuthSettings;
  readonly clientSecret: string;
  readonly refreshToken: string | null;
}

export function buildGrant(settings: OAuthSettings): Grant {
  const clientSecret = settings.clientSecret.reveal()[0] ?? "";
  const refreshToken = settings.refreshToken?.reveal()[0] ?? null;
  const named =
    refreshToken === null
      ? ["client_credentials", settings.tokenUrl, settings.clientId, clientSecret, settings.scope ?? ""]
      : ["refresh_token", refreshToken];
  const id = createHash("sha256").update(named.join("\0")).digest("hex").slice(0, 32);
  return { id, sealingSecret: refreshToken ?? clientSecret, settings, clientSecret, refreshToken };
}
