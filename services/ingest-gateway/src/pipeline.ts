import type { FastifyInstance } from "fastify";
import { createAcknowledgements } from "./publish/acknowledgements.ts";
import { createBodyBudget } from "./body/body-budget.ts";
import { makeDurable } from "./publish/publish-raw-event.ts";
import { Problem } from "./answers/problems.ts";
import { createSignatureAlarm } from "./ops/signature-alarm.ts";
import { acceptDelivery } from "./steps/accept-delivery.ts";
import { checkAddress } from "./steps/check-address.ts";
import { checkMediaType } from "./steps/check-media-type.ts";
import { checkHeaders, openDelivery } from "./steps/verify-request.ts";
import { limitRate } from "./steps/limit-rate.ts";
import { abandonInbound, closeInbound, openInbound } from "./steps/observe-request.ts";
import { createPublisher } from "./steps/publish.ts";
import { checkDeclaredSize, readBody } from "./steps/read-body.ts";
import { resolveSource } from "./steps/resolve-source.ts";
import { createSnsService } from "./sns-service.ts";
import { createTokenMemory } from "./token-memory.ts";
import type { GatewayDeps } from "./gateway-deps.ts";

export const INBOUND_PATH = "/v1/inbound/:tenant/:source";

/** What happens to a delivery, step by step. Each step refuses by throwing a Problem. */
export async function inboundRoute(scope: FastifyInstance, deps: GatewayDeps): Promise<void> {
  const now = deps.now ?? Date.now;
  const sns = deps.sns ?? createSnsService();
  scope.addContentTypeParser("*", readBody(deps.bodyBudget ?? createBodyBudget()));
  scope.route({
    method: "POST",
    url: INBOUND_PATH,
    onRequest: [
      openInbound(now),
      resolveSource(deps.tenants, deps.sourceKinds),
      checkAddress,
      checkMediaType,
      checkDeclaredSize,
      checkHeaders(now),
    ],
    // Between the two the body is read (readBody).
    preHandler: [openDelivery({ now, bindToken: createTokenMemory(now), ...sns }), limitRate(scope)],
    handler: acceptDelivery(
      makeDurable({
        acknowledgements: createAcknowledgements(),
        publish: createPublisher(deps),
        deadlineMs: deps.deadlineMs ?? 8000,
      }),
    ),
    onResponse: [closeInbound(createSignatureAlarm({ log: deps.telemetry.log, now }))],
    onRequestAbort: [abandonInbound],
  });
  scope.route({
    method: ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"],
    url: INBOUND_PATH,
    onRequest: () => Promise.reject(new Problem("method_not_allowed", { headers: { allow: "POST" } })),
    handler: () => undefined,
  });
}
