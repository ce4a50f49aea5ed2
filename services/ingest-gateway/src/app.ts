import rateLimit from "@fastify/rate-limit";
import type { Tenants } from "@inlet/config";
import type { ReadinessCheck, Telemetry } from "@inlet/telemetry";
import { LogController, fastify } from "fastify";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { createAcknowledgements } from "./acknowledgements.ts";
import { operatorsRoutes } from "./operators-routes.ts";
import { Problem } from "./problems.ts";
import { refuseOnSocket, refuseRequest, refuseWithProblems } from "./refusals.ts";
import { acceptDelivery } from "./steps/accept-delivery.ts";
import { checkMediaType } from "./steps/check-media-type.ts";
import { limitRate } from "./steps/limit-rate.ts";
import { abandonInbound, closeInbound, openInbound } from "./steps/observe-request.ts";
import { createPublisher } from "./steps/publish.ts";
import type { PublisherDeps } from "./steps/publish.ts";
import { checkDeclaredSize, readBody } from "./steps/read-body.ts";
import { readSignature, verifySignature } from "./steps/read-signature.ts";
import { resolveSource } from "./steps/resolve-source.ts";

export const INBOUND_PATH = "/v1/inbound/:tenant/:source";

export interface GatewayDeps extends PublisherDeps {
  readonly tenants: Tenants;
  readonly telemetry: Pick<Telemetry, "log" | "metricsText">;
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
  /** Epoch ms. Default `Date.now`. */
  readonly now?: () => number;
  /** Longest that a sender waits for the answer once its body is here, ms. Default 8 000: most give up after 10 to 30 s. */
  readonly deadlineMs?: number;
  /** Bytes of bodies held at a time. Default 512 MiB. */
  readonly bodyBudgetBytes?: number;
}

/** The gateway without its process: tests drive it with `inject`. */
export async function createGateway(deps: GatewayDeps): Promise<FastifyInstance> {
  const log: FastifyBaseLogger = deps.telemetry.log;
  const app: FastifyInstance = fastify({
    loggerInstance: log,
    // One wide line a delivery instead (observe-request.ts).
    logController: new LogController({ disableRequestLogging: true }),
    // A slow client may not hold a connection: a minute for the whole request, 10 s of it for the headers.
    requestTimeout: 60_000,
    connectionTimeout: 75_000,
    http: { headersTimeout: 10_000 },
    // Longer than load balancers keep idle connections, so that they, not we, close first.
    keepAliveTimeout: 72_000,
    // While closing, requests on open connections are still taken: the producer closes after them.
    return503OnClosing: false,
    clientErrorHandler: refuseOnSocket,
    frameworkErrors: (error, request, reply) => void refuseRequest(error, request, reply),
  });
  app.decorateRequest("inbound", null);
  await app.register(rateLimit, { global: false });
  refuseWithProblems(app);
  operatorsRoutes(app, deps.checks, deps.telemetry);

  app.removeAllContentTypeParsers();
  // A scope of its own: its body parser must not run for any other address.
  await app.register((scope) => inboundRoute(scope, deps));
  return app;
}

/** What happens to a delivery, step by step. Each step refuses by throwing a Problem. */
async function inboundRoute(scope: FastifyInstance, deps: GatewayDeps): Promise<void> {
  const now = deps.now ?? Date.now;
  scope.addContentTypeParser("*", readBody(deps.bodyBudgetBytes));
  scope.route({
    method: "POST",
    url: INBOUND_PATH,
    onRequest: [openInbound(now), resolveSource(deps.tenants), checkMediaType, checkDeclaredSize, readSignature(now)],
    // Between the two the body is read (readBody).
    preHandler: [verifySignature, limitRate(scope)],
    handler: acceptDelivery({
      acknowledgements: createAcknowledgements(),
      publish: createPublisher(deps),
      deadlineMs: deps.deadlineMs ?? 8000,
    }),
    onResponse: [closeInbound],
    onRequestAbort: [abandonInbound],
  });
  scope.route({
    method: ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"],
    url: INBOUND_PATH,
    onRequest: () => Promise.reject(new Problem("method_not_allowed", { headers: { allow: "POST" } })),
    handler: () => undefined,
  });
}
