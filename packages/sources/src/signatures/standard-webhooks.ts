import { createPublicKey, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { anyEqual, hmacSha256 } from "./hmac.ts";
import { headerValue, timestampFault } from "./signature.ts";
import type { ReadSignatureHeaders } from "./signature.ts";

/** Most signatures in one header: more are no rotation but work for us. */
const MOST_SIGNATURES = 16;
/** Each ed25519 check hashes the whole body twice. Rotation needs two. */
const MOST_ED25519_SIGNATURES = 2;
const LONGEST_ID = 256;
const verifyLater = promisify(verify);

/**
 * Standard Webhooks 1.0.0 (standard-webhooks/standard-webhooks, spec/standard-webhooks.md): `webhook-id`, `webhook-timestamp` and
 * `webhook-signature`, or the same three as `svix-…`. Signed are `id.timestamp.body`. One valid `v1` (HMAC-SHA256, secret `whsec_…`)
 * or `v1a` (ed25519, public key `whpk_…`) suffices; other versions are skipped.
 *
 * Written here and not with the `standardwebhooks` package, which decodes the body to text before it hashes (other bytes, same hash),
 * knows no ed25519 and accepts a `.` in the id; the tests sign with it.
 */
export const readStandardWebhooks: ReadSignatureHeaders = (headers, now) => {
  const spelling = headers["webhook-id"] === undefined ? "svix" : "webhook";
  const id = headerValue(headers, `${spelling}-id`);
  const timestamp = headerValue(headers, `${spelling}-timestamp`);
  const signature = headerValue(headers, `${spelling}-signature`);
  if (id === undefined || timestamp === undefined || signature === undefined) return { ok: false, fault: "missing" };
  // A "." in the id would let bytes move between the signed fields.
  if (id.length > LONGEST_ID || !/^[\x21-\x2d\x2f-\x7e]+$/.test(id)) return { ok: false, fault: "malformed" };
  const entries = signature.split(" ").filter((entry) => entry !== "");
  if (entries.length === 0 || entries.length > MOST_SIGNATURES) return { ok: false, fault: "malformed" };
  const hmacs = decoded(entries, "v1", /^[A-Za-z0-9+/]{43}=$/);
  const ed25519s = decoded(entries, "v1a", /^[A-Za-z0-9+/]{86}==$/);
  if (hmacs.length + ed25519s.length === 0 || ed25519s.length > MOST_ED25519_SIGNATURES) {
    return { ok: false, fault: "malformed" };
  }
  const fault = timestampFault(timestamp, now);
  if (fault !== undefined) return { ok: false, fault };
  const prefix = `${id}.${timestamp}.`;
  return {
    ok: true,
    verify(body, secrets) {
      const symmetric = hmacs.length === 0 ? [] : secrets.filter((secret) => secret.startsWith("whsec_"));
      const digests = symmetric.map((secret) => hmacSha256(keyBytes(secret), prefix, body));
      if (anyEqual(hmacs, digests)) return true;
      const keys = ed25519s.length === 0 ? [] : secrets.filter((secret) => secret.startsWith("whpk_"));
      if (keys.length === 0) return false;
      const signed = Buffer.concat([Buffer.from(prefix), body]);
      return anyVerifies(signed, keys, ed25519s);
    },
  };
};

/** In Node's thread pool: hashing a large body would hold up everybody else, and anybody can write such a signature. */
async function anyVerifies(signed: Buffer, keys: readonly string[], candidates: readonly Buffer[]): Promise<boolean> {
  for (const key of keys.map((text) => ed25519Key(keyBytes(text)))) {
    for (const candidate of candidates) if (await verifyLater(null, signed, key, candidate)) return true;
  }
  return false;
}

function decoded(entries: readonly string[], version: string, shape: RegExp): Buffer[] {
  return entries
    .filter((entry) => entry.startsWith(`${version},`))
    .map((entry) => entry.slice(version.length + 1))
    .filter((text) => shape.test(text))
    .map((text) => Buffer.from(text, "base64"));
}

function keyBytes(secret: string): Buffer {
  return Buffer.from(secret.slice(secret.indexOf("_") + 1), "base64");
}

/** A raw ed25519 public key (32 bytes). It comes from the tenant's file, never from the request. */
function ed25519Key(raw: Buffer): KeyObject {
  return createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") } });
}
