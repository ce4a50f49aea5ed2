import type { FastifyRequest } from "fastify";
import { getEndpoint, getInbound } from "../inbound.ts";
import { Problem } from "../answers/problems.ts";

/** Refuses senders from outside of the source's networks. `request.ip` is what a trusted proxy says of its client, else the peer. */
export async function checkAddress(request: FastifyRequest): Promise<void> {
  const { allowFrom } = getEndpoint(request).source;
  if (allowFrom === null || allowFrom.has(request.ip)) return;
  getInbound(request).signatureFault = "address";
  throw new Problem("address_not_allowed");
}
