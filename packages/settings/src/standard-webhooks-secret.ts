import type { SecretFault } from "./settings-reading.ts";

/** What is wrong with a secret of Standard Webhooks that verifies (`whsec_…`, `whpk_…`); undefined when it can be used. */
export function verifyingSecretFault(secret: string): SecretFault | undefined {
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

/** What is wrong with a secret that signs; undefined when it can be used. */
export function signingSecretFault(secret: string): SecretFault | undefined {
  if (!secret.startsWith("whpk_")) return verifyingSecretFault(secret);
  return {
    problem: "is a public key, which signs nothing",
    remedy: "Make a secret: `echo whsec_$(openssl rand -base64 32)`",
  };
}

function decodedLength(secret: string): number {
  const text = secret.slice(secret.indexOf("_") + 1);
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, "base64").length : 0;
}
