import { recordHeaders, buildSchemaHeader } from "@inlet/event-codec";
import type { Tenants } from "@inlet/config";
import { getSourceKind } from "@inlet/sources";
import { SHARED_LANE, TOPICS, eventKey, buildSentMessageId, topicIn } from "@inlet/schemas";
import { metrics } from "@inlet/telemetry";
import type { Telemetry } from "@inlet/telemetry";
import { context } from "@opentelemetry/api";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { getBody } from "../body/body.ts";
import { createBodyBudget } from "../body/body-budget.ts";
import type { BodyBudget } from "../body/body-budget.ts";
import { withDeadline } from "../body/deadline.ts";
import { getEndpoint, getInbound, type HttpKind } from "../inbound.ts";
import { Problem } from "../answers/problems.ts";
import { createSignatureAlarm } from "../ops/signature-alarm.ts";
import { createSnsService } from "../sns-service.ts";
import type { SnsService } from "../sns-service.ts";
import { createTokenMemory } from "../token-memory.ts";
import { toRefusal } from "../steps/accept-delivery.ts";
import { checkAddress } from "../steps/check-address.ts";
import { checkMediaType } from "../steps/check-media-type.ts";
import { limitRate } from "../steps/limit-rate.ts";
import { abandonInbound, closeInbound, openInbound } from "../steps/observe-request.ts";
import type { PublisherDeps } from "../steps/publish.ts";
import { refuseWhileBroken, toHttpKind } from "../steps/resolve-source.ts";
import { checkDeclaredSize, readBody } from "../steps/read-body.ts";
import { checkHeaders, openDelivery } from "../steps/verify-request.ts";
import { readSentMessage } from "./outbound-message.ts";

export const OUTBOUND_PATH = "/v1/outbound-messages/:tenant";

/** Registrations are signed as our own JSON is. */
const SIGNED_JSON = toHttpKind(getSourceKind("signed-json")) as HttpKind;
/** Far above what the fields may hold. */
const MOST_BODY_BYTES = 64 * 1024;

export interface OutboundDeps extends Pick<PublisherDeps, "codec" | "producer"> {
  readonly tenants: Tenants;
  readonly telemetry: Pick<Telemetry, "log">;
  readonly bodyBudget?: BodyBudget;
  readonly sns?: SnsService;
  /** Epoch ms. Default `Date.now`. */
  readonly now?: () => number;
  /** Longest that a sender waits for the answer once its body is here, ms. Default 8 000. */
  readonly deadlineMs?: number;
}

/** Registers a sent message (WR3), step by step; the same steps as for a delivery, but for what is made of the body. */
export async function outboundMessagesRoute(scope: FastifyInstance, deps: OutboundDeps): Promise<void> {
  const now = deps.now ?? Date.now;
  const sns = deps.sns ?? createSnsService();
  scope.addContentTypeParser("*", readBody(deps.bodyBudget ?? createBodyBudget()));
  scope.route({
    method: "POST",
    url: OUTBOUND_PATH,
    onRequest: [
      openInbound(now),
      resolveOutbound(deps.tenants),
      checkAddress,
      checkMediaType,
      checkDeclaredSize,
      checkHeaders(now),
    ],
    // Between the two the body is read (readBody).
    preHandler: [openDelivery({ now, bindToken: createTokenMemory(now), ...sns }), limitRate(scope)],
    handler: register(deps),
    onResponse: [closeInbound(createSignatureAlarm({ log: deps.telemetry.log, now }))],
    onRequestAbort: [abandonInbound],
  });
  scope.route({
    method: ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"],
    url: OUTBOUND_PATH,
    onRequest: () => Promise.reject(new Problem("method_not_allowed", { headers: { allow: "POST" } })),
    handler: () => undefined,
  });
}

/** Finds the tenant's entry for registrations. An unknown tenant, and one without the entry, are answered alike. */
function resolveOutbound(tenants: Tenants) {
  return async function resolveOutboundStep(request: FastifyRequest): Promise<void> {
    const { tenant: id } = request.params as { tenant: string };
    const tenant = tenants.get(id);
    if (tenant === undefined) refuseWhileBroken(tenants, id);
    if (tenant === undefined || tenant.outbound === null) {
      throw new Problem("source_unknown", {
        detail: "Check the tenant in the path /v1/outbound-messages/{tenant}, and that its file has `outbound`",
      });
    }
    const { name } = TOPICS.outboundMessages;
    getInbound(request).endpoint = {
      tenant,
      source: { ...tenant.outbound, name, maxBodyBytes: MOST_BODY_BYTES },
      kind: SIGNED_JSON,
    };
  };
}

/** The handler: reads the fields, makes the record durable, and only then says so. The same message again replaces its record. */
function register({ codec, producer, deadlineMs = 8000 }: OutboundDeps) {
  const schema = buildSchemaHeader("OutboundMessage");
  const topic = topicIn("outboundMessages", SHARED_LANE);
  const labels = { service: "ingest-gateway", topic } as const;

  return async function registerStep(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const inbound = getInbound(request);
    const { tenant } = getEndpoint(request);
    const reading = readSentMessage(getBody(request));
    if (!reading.ok) {
      const fields = reading.errors.map(({ field }) => (field === "" ? "the body" : field));
      throw new Problem("fields_invalid", { detail: `Correct ${fields.join(", ")}`, errors: reading.errors });
    }
    const { message } = reading;
    const eventId = buildSentMessageId(tenant.id, message.messageId);
    inbound.eventId = eventId;
    const published = context.with(inbound.context, () =>
      withDeadline(
        deadlineMs,
        (async () => {
          const value = await codec.encode("OutboundMessage", {
            tenantId: tenant.id,
            ...message,
            receivedAt: inbound.receivedAt,
          });
          await producer.send({
            topic,
            key: eventKey(tenant.id, message.messageId),
            value,
            headers: recordHeaders({ tenant: tenant.id, eventId, lane: tenant.lane, schema }),
          });
        })(),
      ),
    );
    await published.catch((error: unknown) => {
      throw toRefusal(error);
    });
    metrics.eventsPublished.inc(labels);
    await reply.code(202).send({ messageId: message.messageId });
  };
}
