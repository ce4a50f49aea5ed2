import type { FastifyRequest } from "fastify";
import { doorOf, inboundOf } from "../inbound.ts";
import { Problem } from "../problems.ts";
import type { ProblemCode } from "../problems.ts";
import type { SignatureFault } from "../signatures/signature.ts";

const CODES = {
  missing: "signature_missing",
  malformed: "signature_malformed",
  stale: "timestamp_out_of_window",
  future: "timestamp_out_of_window",
  mismatch: "signature_mismatch",
} as const satisfies Record<SignatureFault, ProblemCode>;

/** Refuses unsigned and stale requests by their headers, before their body costs anything. */
export function readSignature(now: () => number) {
  return async function readSignatureStep(request: FastifyRequest): Promise<void> {
    const inbound = inboundOf(request);
    const signature = doorOf(request).kind.readSignatureHeaders(request.headers, now());
    if (!signature.ok) {
      inbound.signatureFault = signature.fault;
      throw new Problem(CODES[signature.fault]);
    }
    inbound.signature = signature;
  };
}

/** Verifies the bytes as they came, before anything looks into them. What is not verified goes no further and is not kept. */
export async function verifySignature(request: FastifyRequest): Promise<void> {
  const inbound = inboundOf(request);
  const secrets = doorOf(request).source.secrets.reveal();
  if (inbound.signature?.verify(bodyOf(request), secrets) !== true) {
    inbound.signatureFault = "mismatch";
    throw new Problem(CODES.mismatch);
  }
}

/** The request's bytes; a POST without a body has none. */
export function bodyOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}
