import type { Server } from "node:https";
import rateLimit from "@fastify/rate-limit";
import { serveLinks } from "@inlet/blob-links";
import { LogController, fastify } from "fastify";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { connectionsWithin, getProcessMemory } from "./body/body-budget.ts";
import { outboundMessagesRoute } from "./outbound/route.ts";
import { refuseRequest, refuseWithProblems } from "./answers/refusals.ts";
import { refuseOnSocket, refuseUnroutable } from "./answers/socket-refusals.ts";
import { LEAST_TLS } from "./tls/certificate.ts";
import type { GatewayDeps } from "./gateway-deps.ts";
import { inboundRoute } from "./pipeline.ts";

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
  app.server.maxConnections = connectionsWithin(deps.memoryBytes ?? getProcessMemory());
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
