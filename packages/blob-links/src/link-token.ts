import type { BlobRef } from "@inlet/schemas";
import { readToken, signToken } from "./signed-token.ts";

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

/**
 * A token that stands for one stored blob until `expiresAt` (epoch ms). It is a bearer's right: anyone who has it can fetch, until it expires or
 * the key is taken out of URL_SIGNING_KEYS. Throws RangeError without a key.
 */
export function signLink(
  keys: readonly string[],
  { blob, filename, contentType }: LinkedBlob,
  expiresAt: number,
): string {
  return signToken(keys, PURPOSE, [blob.key, blob.size, filename, contentType], expiresAt);
}

/** Reads a token: the first of the keys that made it counts. `now`: epoch ms. Never throws. */
export function readLink(keys: readonly string[], token: string, now: number): LinkReading {
  const read = readToken(keys, PURPOSE, token, now);
  if (read.kind !== "ok") return read;
  const [key, size, filename, contentType] = read.claims as [string, number, string | null, string];
  const sha256 = key.slice(key.lastIndexOf("/") + 1);
  return { kind: "ok", linked: { blob: { key, size, sha256 }, filename, contentType }, expiresAt: read.expiresAt };
}
