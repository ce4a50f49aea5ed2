import { createHmac, timingSafeEqual } from "node:crypto";
import type { BlobRef } from "@inlet/schemas";

/** What one link lets its bearer fetch. */
export interface LinkedBlob {
  readonly blob: BlobRef;
  /** Null for `attachment`. */
  readonly filename: string | null;
  /** Media type to serve it as, where that is safe. */
  readonly contentType: string;
}

export type LinkReading =
  | { readonly kind: "ok"; readonly linked: LinkedBlob; readonly expiresAt: number }
  | { readonly kind: "expired" }
  /** Not made by any of the keys, or changed. */
  | { readonly kind: "invalid" };

/** Keeps a signature made for links from meaning anything elsewhere, and the other way round. */
const PURPOSE = "inlet-blob-link/1";
/** Far above what a name of 200 characters needs; nothing longer is looked at. */
const MOST_CHARS = 4_096;

/**
 * A token that stands for one stored blob until `expiresAt` (epoch ms): what it names and an HMAC-SHA256 over it, both base64url. It is a
 * bearer's right: anyone who has it can fetch, until it expires or the key is taken out of URL_SIGNING_KEYS. Throws RangeError without a key.
 */
export function signLink(
  keys: readonly string[],
  { blob, filename, contentType }: LinkedBlob,
  expiresAt: number,
): string {
  const [key] = keys;
  if (key === undefined) throw new RangeError("URL_SIGNING_KEYS: is empty; give a key of 32 characters or more");
  const claims = [blob.key, blob.size, filename, contentType, Math.ceil(expiresAt / 1000)];
  const body = Buffer.from(JSON.stringify(claims)).toString("base64url");
  return `${body}.${computeMac(key, body).toString("base64url")}`;
}

/** Reads a token: the first of the keys that made it counts. `now`: epoch ms. Never throws. */
export function readLink(keys: readonly string[], token: string, now: number): LinkReading {
  const [body = "", mac = "", ...more] = token.length > MOST_CHARS ? [] : token.split(".");
  const given = Buffer.from(mac, "base64url");
  const isOurs = keys.some((key) => {
    const expected = computeMac(key, body);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!isOurs || more.length > 0) return { kind: "invalid" };
  // Signed by us: it has the shape that signLink gave it.
  const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as [
    string,
    number,
    string | null,
    string,
    number,
  ];
  const [key, size, filename, contentType, expiresInSeconds] = claims;
  const expiresAt = expiresInSeconds * 1000;
  if (now >= expiresAt) return { kind: "expired" };
  const sha256 = key.slice(key.lastIndexOf("/") + 1);
  return { kind: "ok", linked: { blob: { key, size, sha256 }, filename, contentType }, expiresAt };
}

function computeMac(key: string, body: string): Buffer {
  return createHmac("sha256", key).update(`${PURPOSE}\0${body}`).digest();
}
