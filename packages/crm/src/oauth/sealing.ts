import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * `text` sealed by AES-256-GCM (NIST SP 800-38D) under a key of `secret` (HKDF, RFC 5869): version, nonce, tag, ciphertext. It opens with the same
 * secret and in the same place only.
 */
export function seal(text: string, secret: string, place: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", deriveKey(secret), iv).setAAD(Buffer.from(place));
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), iv, cipher.getAuthTag(), sealed]);
}

/** Null where it does not open: another secret, another place, or somebody changed it. */
export function unseal(sealed: Buffer, secret: string, place: string): string | null {
  const begin = 1 + IV_BYTES + TAG_BYTES;
  if (sealed[0] !== VERSION || sealed.length < begin) return null;
  const decipher = createDecipheriv("aes-256-gcm", deriveKey(secret), sealed.subarray(1, 1 + IV_BYTES))
    .setAAD(Buffer.from(place))
    .setAuthTag(sealed.subarray(1 + IV_BYTES, begin));
  try {
    return decipher.update(sealed.subarray(begin), undefined, "utf8") + decipher.final("utf8");
  } catch {
    return null;
  }
}

function deriveKey(secret: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "", "inlet oauth tokens", 32));
}
