import type { TenantConfig } from "@inlet/config";
import type { Context, Span } from "@opentelemetry/api";
import type { FastifyRequest } from "fastify";
import type { SourceKind, SourceSettings, Verification, VerificationFailure, VerifiedDelivery } from "@inlet/sources";
import type { Problem } from "./answers/problems.ts";

/** A kind whose mail comes by HTTP. */
export type HttpKind = SourceKind & { readonly verification: Verification };

/** Where a request came in. */
export interface InboundEndpoint {
  readonly tenant: TenantConfig;
  readonly source: SourceSettings;
  readonly kind: HttpKind;
}

/** What the steps have found out about one POST so far. The wide log line, the span and the metrics are made of it at the end. */
export interface Inbound {
  /** Epoch ms. */
  readonly receivedAt: number;
  readonly span: Span;
  /** Holds the span: what is called inside it belongs to this request's trace. */
  readonly context: Context;
  endpoint: InboundEndpoint | null;
  /** Once it is trusted. */
  delivery: VerifiedDelivery | null;
  /** Why it is not taken as its sender's: the signature, or `address` for a network that may not send. */
  signatureFault: VerificationFailure | "address" | null;
  /** Bytes of the body as read. */
  bytes: number;
  eventId: string | null;
  duplicate: boolean | null;
  problem: Problem | null;
  /** Steps that hold something until the request has ended. */
  readonly releases: (() => void)[];
  ended: boolean;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Null outside of the inbound route; undefined where no route was found. */
    inbound?: Inbound | null;
  }
}

/** The state of a request on the inbound route; only there it exists. */
export function getInbound(request: FastifyRequest): Inbound {
  if (request.inbound === null || request.inbound === undefined)
    throw new Error("inbound state read before openInbound ran: the order of the steps in pipeline.ts is wrong");
  return request.inbound;
}

export function getEndpoint(request: FastifyRequest): InboundEndpoint {
  const { endpoint } = getInbound(request);
  if (endpoint === null)
    throw new Error("endpoint read before resolveSource ran: the order of the steps in pipeline.ts is wrong");
  return endpoint;
}

export function getDelivery(request: FastifyRequest): VerifiedDelivery {
  const { delivery } = getInbound(request);
  if (delivery === null)
    throw new Error("delivery read before openDelivery ran: the order of the steps in pipeline.ts is wrong");
  return delivery;
}
