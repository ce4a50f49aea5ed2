import type { Server } from "node:https";
import rateLimit from "@fastify/rate-limit";
import { serveLinks } from "@inlet/blob-links";
import type { Tenants } from "@inlet/config";
import type { Telemetry } from "@inlet/telemetry";
import { LogController, fastify } from "fastify";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { createAcknowledgements } from "./publish/acknowledgements.ts";
import { connectionsWithin, createBodyBudget, memoryOfProcess } from "./body/body-budget.ts";
import type { BodyBudget } from "./body/body-budget.ts";
import { makeDurable } from "./publish/publish-raw-event.ts";
import { Problem } from "./answers/problems.ts";
import { outboundMessagesRoute } from "./outbound/route.ts";
import { refuseRequest, refuseWithProblems } from "./answers/refusals.ts";
import { refuseOnSocket, refuseUnroutable } from "./answers/socket-refusals.ts";
import { createSignatureAlarm } from "./ops/signature-alarm.ts";
import { acceptDelivery } from "./steps/accept-delivery.ts";
import { checkAddress } from "./steps/check-address.ts";
import { checkMediaType } from "./steps/check-media-type.ts";
import { checkHeaders, openDelivery } from "./steps/verify-request.ts";
import { limitRate } from "./steps/limit-rate.ts";
import { abandonInbound, closeInbound, openInbound } from "./steps/observe-request.ts";
import { createPublisher } from "./steps/publish.ts";
import type { PublisherDeps } from "./steps/publish.ts";
import { checkDeclaredSize, readBody } from "./steps/read-body.ts";
import { resolveSource } from "./steps/resolve-source.ts";
import { createSnsService } from "./sns-service.ts";
import type { SnsService } from "./sns-service.ts";
import { createTokenMemory } from "./token-memory.ts";
import { LEAST_TLS } from "./tls/certificate.ts";
import type { CertificateFiles } from "./tls/certificate.ts";

export const INBOUND_PATH = "/v1/inbound/:tenant/:source";

export interface GatewayDeps extends PublisherDeps {
  readonly tenants: Tenants;
  readonly telemetry: Pick<Telemetry, "log">;
  /** URL_SIGNING_KEYS; without one no links are served. */
  readonly linkKeys?: readonly string[];
  /** Epoch ms. Default `Date.now`. */
  readonly now?: () => number;
  /** Longest that a sender waits for the answer once its body is here, ms. Default 8 000: most give up after 10 to 30 s. */
  readonly deadlineMs?: number;
  /** Bytes that the process may use. Default its container's limit, else the machine's. */
  readonly memoryBytes?: number;
  /** What bodies may take up in memory; shared with the other doors. Default a quarter of the process's. */
  readonly bodyBudget?: BodyBudget;
  /** HTTPS with this certificate, taken over anew when it changes. Default HTTP. */
  readonly certificate?: CertificateFiles | null;
  /** Addresses and networks whose X-Forwarded-For is believed. Default none. */
  readonly trustedProxies?: readonly string[];
  /** Amazon SNS, for its certificates and confirmations. Default the real one. */
  readonly sns?: SnsService;
  /** How long a client may take, ms. Default a minute for the whole request, 10 s of it for the headers; looked at every 5 s. */
  readonly patience?: { readonly requestMs: number; readonly headersMs: number; readonly checkMs: number };
}

/** The gateway without its process: tests drive it with `inject`. */
export async function createGateway(deps: GatewayDeps): Promise<FastifyInstance> {
  const log: FastifyBaseLogger = deps.telemetry.log;
  const { requestMs, headersMs, checkMs } = deps.patience ?? { requestMs: 60_000, headersMs: 10_000, checkMs: 5000 };
  // A slow client may not hold a connection.
  const connections = {
    headersTimeout: headersMs,
    connectionsCheckingInterval: checkMs,
    // Checked by ourselves, to be answered as a problem.
    requireHostHeader: false,
  };
  const certificate = deps.certificate?.current();
  const trusted = deps.trustedProxies ?? [];
  const app = fastify({
    loggerInstance: log,
    // One wide line a delivery instead (observe-request.ts).
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: trusted.length === 0 ? false : [...trusted],
    requestTimeout: requestMs,
    connectionTimeout: requestMs + 15_000,
    ...(certificate === undefined
      ? { http: connections }
      : { https: { ...connections, key: certificate.key, cert: certificate.cert, minVersion: LEAST_TLS } }),
    // Longer than load balancers keep idle connections, so that they, not we, close first.
    keepAliveTimeout: 72_000,
    // While closing, requests on open connections are still taken: the producer closes after them.
    return503OnClosing: false,
    clientErrorHandler: refuseOnSocket,
    frameworkErrors: (error, request, reply) => void refuseRequest(error, request, reply),
  }) as FastifyInstance;
  deps.certificate?.onChange(({ key, cert }) =>
    (app.server as Server).setSecureContext({ key, cert, minVersion: LEAST_TLS }),
  );
  app.decorateRequest("inbound", null);
  await app.register(rateLimit, { global: false });
  refuseWithProblems(app);
  refuseUnroutable(app.server);
  app.server.maxConnections = connectionsWithin(deps.memoryBytes ?? memoryOfProcess());
  // Readiness and metrics are the operators' alone, on a port of their own (main.ts).
  app.get("/healthz", (_request, reply) => reply.header("cache-control", "no-store").send({ status: "alive" }));
  const { linkKeys: keys = [], blobs, now = Date.now } = deps;
  if (keys.length > 0) serveLinks(app, { blobs, keys, now });

  app.removeAllContentTypeParsers();
  // A scope of its own: its body parser must not run for any other address.
  await app.register((scope) => inboundRoute(scope, deps));
  await app.register((scope) => outboundMessagesRoute(scope, deps));
  return app;
}

/** What happens to a delivery, step by step. Each step refuses by throwing a Problem. */
async function inboundRoute(scope: FastifyInstance, deps: GatewayDeps): Promise<void> {
  const now = deps.now ?? Date.now;
  const sns = deps.sns ?? createSnsService();
  scope.addContentTypeParser("*", readBody(deps.bodyBudget ?? createBodyBudget()));
  scope.route({
    method: "POST",
    url: INBOUND_PATH,
    onRequest: [
      openInbound(now),
      resolveSource(deps.tenants),
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
