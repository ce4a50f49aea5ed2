import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { VerificationFailure } from "./kind.ts";

/**
 * HTTP basic authentication (RFC 7617) against `user:password` credentials, several of which may be valid at once. Takes the same time
 * whichever matches. Null: trusted.
 */
export function basicAuthFault(
  headers: IncomingHttpHeaders,
  credentials: readonly string[],
): VerificationFailure | null {
  const header = headers.authorization ?? "";
  if (header === "") return "missing";
  const encoded = /^basic\s+([A-Za-z0-9+/=_-]+)\s*$/i.exec(header)?.[1];
  if (encoded === undefined) return "malformed";
  const given = digest(Buffer.from(encoded, "base64"));
  const matches = credentials.map((candidate) => timingSafeEqual(given, digest(Buffer.from(candidate, "utf8"))));
  return matches.includes(true) ? null : "mismatch";
}

/** Of equal length, as timingSafeEqual needs it. */
function digest(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}
