import type { IncomingHttpHeaders } from "node:http";

/** Why a request is not taken as its sender's. The label of the metric and the log line; the answer says less. */
export type SignatureFault = "missing" | "malformed" | "stale" | "future" | "mismatch";

/** Read from the headers alone, so that a hopeless request is refused before its body is read. */
export type SignatureHeaders =
  | {
      readonly ok: true;
      /** Whether any of the secrets signed exactly these bytes. Takes the same time whichever does. */
      verify(body: Buffer, secrets: readonly string[]): boolean | Promise<boolean>;
    }
  | { readonly ok: false; readonly fault: Exclude<SignatureFault, "mismatch"> };

export type ReadSignatureHeaders = (headers: IncomingHttpHeaders, now: number) => SignatureHeaders;

/** How far a timestamp may be from our clock, in both directions, ms. */
export const TOLERANCE_MS = 5 * 60_000;

/** Unix seconds as digits. Undefined when it is inside the window. */
export function timestampFault(timestamp: string, now: number): "malformed" | "stale" | "future" | undefined {
  if (!/^\d{1,12}$/.test(timestamp)) return "malformed";
  const age = now - Number(timestamp) * 1000;
  if (age > TOLERANCE_MS) return "stale";
  return age < -TOLERANCE_MS ? "future" : undefined;
}

/** One value of a header; undefined when it is absent or empty. */
export function headerValue(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  const single = Array.isArray(value) ? value.join(", ") : value;
  return single === undefined || single === "" ? undefined : single;
}
