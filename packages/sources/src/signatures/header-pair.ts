import { anyEqual, hmacSha256 } from "./hmac.ts";
import { headerValue, timestampFault } from "./signature.ts";
import type { ReadSignatureHeaders } from "./signature.ts";

/**
 * The header pair `X-Webhook-Timestamp` and `X-Webhook-Signature`: HMAC-SHA256 with the secret's UTF-8 bytes over `timestamp + "." +
 * body`, timestamp in Unix seconds. The signature is 64 hex digits or 44 characters of base64, optionally after `sha256=` or `v1=`.
 */
export const readHeaderPair: ReadSignatureHeaders = (headers, now) => {
  const timestamp = headerValue(headers, "x-webhook-timestamp");
  const signature = headerValue(headers, "x-webhook-signature");
  if (timestamp === undefined || signature === undefined) return { ok: false, fault: "missing" };
  const digest = decodedDigest(signature);
  if (digest === undefined) return { ok: false, fault: "malformed" };
  const fault = timestampFault(timestamp, now);
  if (fault !== undefined) return { ok: false, fault };
  return {
    ok: true,
    verify: (body, secrets) =>
      anyEqual(
        [digest],
        secrets.map((secret) => hmacSha256(secret, `${timestamp}.`, body)),
      ),
  };
};

/** The 32 bytes of a signature header; undefined when it is neither hex nor base64 of that length. */
function decodedDigest(signature: string): Buffer | undefined {
  const bare = signature.trim().replace(/^(?:sha256=|v1=)/, "");
  if (/^[0-9a-fA-F]{64}$/.test(bare)) return Buffer.from(bare, "hex");
  if (/^[A-Za-z0-9+/]{43}=$/.test(bare)) return Buffer.from(bare, "base64");
  return undefined;
}
