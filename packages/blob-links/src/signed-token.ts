import { createHmac, timingSafeEqual } from "node:crypto";

export type TokenReading =
  | { readonly kind: "ok"; readonly claims: readonly unknown[]; readonly expiresAt: number }
  | { readonly kind: "expired" }
  /** Not made by any of the keys for this purpose, or changed. */
  | { readonly kind: "invalid" };

/** Far above what a name of 200 characters needs; nothing longer is looked at. */
const MOST_CHARS = 4_096;

/**
 * Claims that no one else can make or change, until `expiresAt` (epoch ms): they and an HMAC-SHA256 over them, both base64url. They can be read by
 * anyone who has the token. `purpose` keeps a signature made for one thing from meaning anything elsewhere. Throws RangeError without a key.
 */
export function signToken(
  keys: readonly string[],
  purpose: string,
  claims: readonly unknown[],
  expiresAt: number,
): string {
  const [key] = keys;
  if (key === undefined) throw new RangeError("URL_SIGNING_KEYS: is empty; give a key of 32 characters or more");
  const body = Buffer.from(JSON.stringify([...claims, Math.ceil(expiresAt / 1000)])).toString("base64url");
  return `${body}.${computeMac(key, purpose, body).toString("base64url")}`;
}

/** Reads a token: the first of the keys that made it counts. `now`: epoch ms. Never throws. */
export function readToken(keys: readonly string[], purpose: string, token: string, now: number): TokenReading {
  const [body = "", mac = "", ...more] = token.length > MOST_CHARS ? [] : token.split(".");
  const given = Buffer.from(mac, "base64url");
  const isOurs = keys.some((key) => {
    const expected = computeMac(key, purpose, body);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!isOurs || more.length > 0) return { kind: "invalid" };
  // Signed by us: it has the shape that signToken gave it.
  const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as unknown[];
  const expiresAt = (claims.pop() as number) * 1000;
  return now >= expiresAt ? { kind: "expired" } : { kind: "ok", claims, expiresAt };
}

function computeMac(key: string, purpose: string, body: string): Buffer {
  return createHmac("sha256", key).update(`${purpose}\0${body}`).digest();
}
