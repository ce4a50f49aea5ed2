import type { IncomingHttpHeaders } from "node:http";
import type { ReadSignatureHeaders } from "../signatures/signature.ts";
import type { Delivery, Kind } from "./kind.ts";

export interface SignedKind {
  readonly mediaTypes: readonly string[];
  readonly readSignatureHeaders: ReadSignatureHeaders;
  /** Reads the delivery out of verified bytes. Never throws. */
  readonly describe: (body: Buffer, headers: IncomingHttpHeaders) => Delivery;
}

/** A kind of Inlet's own, whose senders sign their requests and take HTTP's codes for what they are. */
export function signedKind({ mediaTypes, readSignatureHeaders, describe }: SignedKind): Kind {
  return {
    mediaTypes,
    answers: { accepted: 202, later: null, never: null },
    checkHeaders: (headers, _source, now) => {
      const signature = readSignatureHeaders(headers, now);
      return signature.ok ? null : signature.fault;
    },
    open: async ({ headers, body }, source, { now }) => {
      const signature = readSignatureHeaders(headers, now);
      if (!signature.ok) return { kind: "disbelieved", why: signature.fault };
      if (!(await signature.verify(body, source.secrets.reveal()))) return { kind: "disbelieved", why: "mismatch" };
      return { kind: "delivery", delivery: describe(body, headers) };
    },
  };
}
