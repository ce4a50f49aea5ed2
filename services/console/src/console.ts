import cookie from "@fastify/cookie";
import formbody from "@fastify/formbody";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from "fastify";
import { authenticate } from "./auth/authenticate.ts";
import type { IdentityProvider } from "./auth/identity-provider.ts";
import { signInRoutes } from "./auth/sign-in.ts";
import { contentRoutes } from "./content/content-routes.ts";
import { tryRoutes } from "./try/try-routes.ts";
import { acceptEvents, tailRoutes } from "./tail/tail-routes.ts";
import { assetRoutes } from "./page/assets.ts";
import { notFound } from "./problem.ts";
import { auditExportRoutes } from "./export/export-audit.ts";
import { exportRoutes } from "./export/export-routes.ts";
import { answerProblem, screenRoutes } from "./routes.ts";
import { createSharedReadings } from "./shared-readings.ts";
import type { ConsoleDeps } from "./screen.ts";

export interface ConsoleOptions extends Omit<ConsoleDeps, "readings"> {
  readonly log: FastifyBaseLogger;
  /** Scheme, host and port under which people reach it. */
  readonly origin: string;
  /** Null: people sign in by links alone. */
  readonly provider: IdentityProvider | null;
  /** Scheme, host and port of the provider: a form may lead there. */
  readonly providerOrigin: string | null;
  readonly sessionMs: number;
  readonly idleMs: number;
  readonly trustedProxies: readonly string[];
}

const MAX_BODY_BYTES = 64 * 1024;

/** The console without its process: tests drive it with `inject`. */
export async function createConsole(options: ConsoleOptions): Promise<FastifyInstance> {
  const { ledger, origin, provider, sessionMs, idleMs, trustedProxies } = options;
  const app = fastify({
    loggerInstance: options.log,
    // A line a request would hold what people searched for.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY_BYTES,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
  }) as FastifyInstance;
  app.setErrorHandler((error, request, reply) => void answerProblem(error, request, reply));
  app.setNotFoundHandler((request, reply) => void answerProblem(notFound("such page"), request, reply));
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        scriptSrc: ["'self'"],
        connectSrc: ["'self'"],
        imgSrc: ["data:"],
        frameSrc: ["'self'"],
        formAction: ["'self'", ...(options.providerOrigin === null ? [] : [options.providerOrigin])],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
    },
    // Not `no-referrer`: browsers then send `Origin: null` with a form, which is what another site's sandboxed page sends.
    referrerPolicy: { policy: "same-origin" },
    strictTransportSecurity: origin.startsWith("https:"),
  });
  await app.register(cookie);
  await app.register(formbody);
  await app.register(rateLimit, { global: false });
  app.addHook(
    "onSend",
    async (_, reply) => void (reply.hasHeader("cache-control") ? undefined : reply.header("cache-control", "no-store")),
  );
  app.get("/healthz", async () => ({ status: "alive" }));
  app.get("/readyz", async (_, reply) => {
    const ready = await ledger.ready();
    return reply
      .code(ready ? 200 : 503)
      .send({ ready, ledger: ready ? "answers, with every migration" : "is away, or lacks migrations" });
  });
  const deps = { ...options, readings: createSharedReadings() };
  acceptEvents(app);
  assetRoutes(app);
  authenticate(app, { access: ledger.access, idleMs, origin });
  signInRoutes(app, { access: ledger.access, audit: ledger.auditLog, provider, origin, sessionMs });
  screenRoutes(app, deps);
  exportRoutes(app, deps);
  auditExportRoutes(app, options);
  contentRoutes(app, deps);
  tryRoutes(app, deps);
  tailRoutes(app, deps);
  return app;
}
