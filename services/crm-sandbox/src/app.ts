import multipart from "@fastify/multipart";
import { fastify, LogController } from "fastify";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import type { Route } from "./api/api-call.ts";
import { associationRoutes } from "./api/associations.ts";
import { batchRoutes } from "./api/batches.ts";
import { fileRoutes } from "./api/files.ts";
import { mergeRoutes } from "./api/merges.ts";
import { objectRoutes } from "./api/objects.ts";
import { propertyRoutes } from "./api/properties.ts";
import { searchRoutes } from "./api/searches.ts";
import { serveRoute } from "./api/serve.ts";
import type { AccessToken } from "./api/serve.ts";
import { createCallCounts, serveControl } from "./control.ts";
import { createFaults } from "./faults.ts";
import type { Faults } from "./faults.ts";
import { createLimits } from "./limits.ts";
import type { LimitOptions } from "./limits.ts";
import { servePages } from "./page/pages.ts";
import { Problem, problems } from "./problem.ts";
import { seedRecords } from "./seed.ts";
import { CrmStore } from "./store/crm-store.ts";
import type { JournalEntry } from "./store/stored.ts";
import { contentsInMemory, contentsOnDisk } from "./store/file-contents.ts";
import { fileJournal, noJournal } from "./store/journal.ts";

const MAX_BODY_BYTES = 64 * 1024 * 1024;

export interface SandboxOptions {
  /** Records survive a restart in this directory; null keeps them in memory. */
  readonly dataDir?: string | null;
  /** Tokens that are let in; none: every call is. */
  readonly tokens?: readonly AccessToken[];
  /** How long a change stays invisible to search, ms; default 2000. */
  readonly searchLagMs?: number;
  /** Default: generous, for demonstrations and load (20,000 calls in 10 s, 500 searches a second). */
  readonly limits?: Partial<LimitOptions>;
  /** Deal 12345 and what belongs to it; default true. */
  readonly seed?: boolean;
  /** The account's number; default 62515. */
  readonly portalId?: number;
  readonly now?: () => number;
  /** In [0, 1), for the rates of faults. */
  readonly random?: () => number;
  readonly log?: FastifyBaseLogger;
}

export interface Sandbox {
  /** Not listening yet: `app.listen({ port: 0 })`. `app.close()` ends everything. */
  readonly app: FastifyInstance;
  readonly store: CrmStore;
  readonly faults: Faults;
}

/** A CRM that speaks HubSpot's API, with state, limits and faults on demand. Throws when `dataDir` cannot be written. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const { dataDir = null, now = Date.now, searchLagMs = 2000, seed = true, tokens = [] } = options;
  const journal = dataDir === null ? noJournal<JournalEntry>() : fileJournal<JournalEntry>(dataDir);
  const contents = dataDir === null ? contentsInMemory() : contentsOnDisk(dataDir);
  const store = new CrmStore(journal);
  const faults = createFaults(options.random);
  const calls = createCallCounts();
  const limits = createLimits({ perTenSeconds: 20_000, perDay: 10_000_000, searchPerSecond: 500, ...options.limits });
  if (seed) seedRecords(store, now());

  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    ...(options.log === undefined ? {} : { loggerInstance: options.log }),
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    rewriteUrl: (request) => undated(request.url ?? "/"),
    routerOptions: { maxParamLength: 2000 },
  });
  app.register(multipart, { limits: { fileSize: MAX_BODY_BYTES, fieldSize: 1024 * 1024, files: 1 } });
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const problem = toProblem(error);
    if (problem.status >= 500) app.log.error({ err: error }, "a sandbox call failed");
    return reply.code(problem.status).headers(problem.headers).send(problem.body);
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).type("text/html").send("<h1>404</h1>"));
  app.addHook("onClose", async () => {
    faults.close();
    journal.close();
  });

  const context = { store, now, searchLagMs };
  const accountRoute: Route = {
    method: "GET",
    url: "/account-info/:version/details",
    handler: () => ({ status: 200, body: { portalId: options.portalId ?? 62515, accountType: "SANDBOX" } }),
  };
  app.register(async (api) => {
    const routes = [
      accountRoute,
      ...mergeRoutes(context),
      ...objectRoutes(context),
      ...batchRoutes(context),
      ...searchRoutes(context),
      ...associationRoutes(context),
      ...propertyRoutes(context),
      ...fileRoutes(context, contents),
    ];
    for (const route of routes)
      serveRoute(api, route, {
        faults,
        limits,
        tokens,
        now,
        onCall: (operation, status) => calls.count(operation, status),
      });
  });
  serveControl(app, {
    store,
    faults,
    calls,
    reset: () => {
      faults.clear();
      faults.close();
      calls.clear();
      limits.reset();
      contents.clear();
      store.clear();
      if (seed) seedRecords(store, now());
    },
  });
  servePages(app, { store, contents });
  app.get("/healthz", async () => ({ status: "alive" }));
  return { app, store, faults };
}

/** `/crm/objects/2026-03/…` as `/crm/2026-03/objects/…`: one set of routes serves numbered and dated versions. */
function undated(url: string): string {
  return url.replace(/^\/crm\/(objects|associations|properties|pipelines)\/(\d{4}-\d{2})(?=\/)/, "/crm/$2/$1");
}

function toProblem(error: Error & { statusCode?: number }): Problem {
  if (error instanceof Problem) return error;
  const status = error.statusCode ?? 500;
  if (status === 413) return problems.tooLarge();
  if (status === 400 || status === 415) return problems.badJson(error.message);
  return problems.internal();
}
