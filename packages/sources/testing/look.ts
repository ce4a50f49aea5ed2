import { expect } from "vitest";
import type { EncodedRequest, Verified } from "../src/kind.ts";
import { getSourceKind } from "../src/registry.ts";
import { verificationContext, buildSource } from "./sources.ts";

export type Request = EncodedRequest;

/** Both looks at a request, as the gateway takes them. */
export async function look(
  kind: string,
  request: Request,
  source: string = kind,
  context = verificationContext(),
): Promise<Verified> {
  const { verification } = getSourceKind(kind);
  if (verification === null) throw new Error(`${kind} is not posted`);
  const why = verification.checkHeaders(request.headers, buildSource(source), context.now);
  if (why !== null) return { kind: "unverified", why };
  return verification.verify(request, buildSource(source), context);
}

export const delivery = (deliveryId: string | null) => ({
  kind: "delivery",
  delivery: expect.objectContaining({ deliveryId }) as unknown,
});

export const notVerified = (why: string) => ({ kind: "unverified", why });

export const swap = ({ headers, body }: Request, from: string, to: string): Request => ({
  headers,
  body: Buffer.from(body.toString("latin1").replace(from, to), "latin1"),
});
