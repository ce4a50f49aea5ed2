import type { IncomingHttpHeaders } from "node:http";
import type { VerifiedDelivery, Verification } from "../kind.ts";
import type { ReadSignatureHeaders } from "./signature.ts";

/**
 * Verification of a kind of Inlet's own, whose senders sign their requests.
 * @param describe reads the delivery out of verified bytes; never throws
 */
export function verifySigned(
  readSignatureHeaders: ReadSignatureHeaders,
  describe: (body: Buffer, headers: IncomingHttpHeaders) => VerifiedDelivery,
): Verification {
  return {
    checkHeaders: (headers, _source, now) => {
      const signature = readSignatureHeaders(headers, now);
      return signature.ok ? null : signature.fault;
    },
    verify: async ({ headers, body }, source, { now }) => {
      const signature = readSignatureHeaders(headers, now);
      if (!signature.ok) return { kind: "unverified", why: signature.fault };
      if (!(await signature.verify(body, source.secrets.reveal()))) return { kind: "unverified", why: "mismatch" };
      return { kind: "delivery", delivery: describe(body, headers) };
    },
  };
}
