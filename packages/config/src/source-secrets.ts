import type { SourceKind } from "@inlet/schemas";
import { basicAuthFault } from "./provider-settings.ts";

/** What is wrong with a secret for its kind (never the value); undefined when it can be used. */
export function secretFault(kind: SourceKind, secret: string): { problem: string; remedy: string } | undefined {
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
  if (secret.startsWith("whsk_")) {
    return {
      problem: "is a private signing key (whsk_)",
      remedy: "Only its public half (whpk_…) belongs here; treat the private one as leaked",
    };
  }
  if (secret.startsWith("whpk_")) {
    return decodedLength(secret) === 32
      ? undefined
      : {
          problem: "is not whpk_ and the base64 of 32 bytes",
          remedy: "Take the ed25519 public key that the sender shows",
        };
  }
  const length = secret.startsWith("whsec_") ? decodedLength(secret) : 0;
  return length >= 24 && length <= 64
    ? undefined
    : {
        problem: "is not whsec_ and the base64 of 24 to 64 bytes",
        remedy: "Make one with `echo whsec_$(openssl rand -base64 32)`",
      };
}

function decodedLength(secret: string): number {
  const text = secret.slice(secret.indexOf("_") + 1);
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, "base64").length : 0;
}
