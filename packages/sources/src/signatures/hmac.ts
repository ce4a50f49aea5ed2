import { createHmac, timingSafeEqual } from "node:crypto";

/** HMAC-SHA256 over the parts, one after the other. 32 bytes. */
export function hmacSha256(key: string | Buffer, ...parts: readonly (string | Buffer)[]): Buffer {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** Whether any candidate equals any digest. Compares all with all, so that the time does not tell which one matched. */
export function anyEqual(candidates: readonly Buffer[], digests: readonly Buffer[]): boolean {
  let matches = 0;
  for (const candidate of candidates) {
    for (const digest of digests) {
      // timingSafeEqual throws on unequal lengths; the length of a SHA-256 is no secret.
      if (candidate.length === digest.length && timingSafeEqual(candidate, digest)) matches += 1;
    }
  }
  return matches > 0;
}
