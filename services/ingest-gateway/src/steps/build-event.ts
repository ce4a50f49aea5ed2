import { buildEventId } from "@inlet/schemas";
import type { RawEvent } from "@inlet/schemas";
import type { FastifyRequest } from "fastify";
import { getBody } from "../body/body.ts";
import { getDelivery, getEndpoint, getInbound } from "../inbound.ts";

const LONGEST_CONTENT_TYPE = 255;

/** Makes the event of a trusted request: deterministic id, lane as of now, bytes as they came. */
export function nameEvent(request: FastifyRequest): RawEvent {
  const inbound = getInbound(request);
  const { tenant, source } = getEndpoint(request);
  const delivery = getDelivery(request);
  const eventId = buildEventId(tenant.id, source.name, delivery.key);
  inbound.eventId = eventId;
  return {
    eventId,
    tenantId: tenant.id,
    lane: tenant.lane,
    receivedAt: inbound.receivedAt,
    source: {
      name: source.name,
      kind: source.kind,
      deliveryId: delivery.deliveryId,
      eventId: delivery.senderEventId,
      receivedAt: delivery.senderReceivedAt,
    },
    envelope: delivery.envelope,
    connection: null,
    contentType: (request.headers["content-type"] ?? "").slice(0, LONGEST_CONTENT_TYPE),
    body: getBody(request),
  };
}
