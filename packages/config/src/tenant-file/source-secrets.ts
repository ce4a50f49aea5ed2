import { verifyingSecretFault, type SecretFault } from "@inlet/settings";
import type { SourceKind } from "@inlet/schemas";
import { basicAuthFault } from "../tenant/provider-settings.ts";

/** What is wrong with a secret for its kind (never the value); undefined when it can be used. */
export function secretFault(kind: SourceKind, secret: string): SecretFault | undefined {
  if (kind === "postmark" || kind === "cloudmailin") return basicAuthFault(secret);
  // Mailgun's own, as its dashboard shows it: only what cannot be one is refused.
  if (kind === "mailgun")
    return secret.length >= 8
      ? undefined
      : {
          problem: "is shorter than 8 characters",
          remedy: "Copy the HTTP webhook signing key from Mailgun's dashboard",
        };
  if (kind !== "standard-webhooks") {
    return Buffer.byteLength(secret) >= 16
      ? undefined
      : { problem: "is shorter than 16 bytes", remedy: "Make one with `openssl rand -hex 32`" };
  }
  return verifyingSecretFault(secret);
}
