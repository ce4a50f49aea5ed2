import { html, type Html } from "@inlet/html";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import { ACTIONS } from "./actions/index.ts";
import { readAsked } from "./asked.ts";
import { API, buildOpenApi } from "./api/openapi.ts";
import { isAllowed, type Role } from "@inlet/domain";
import { page, pageWithoutMenu, type MenuItem } from "./page/layout.ts";
import { badInput, notAllowed, Problem, signedOut } from "./problem.ts";
import { findOwnAddress, findOwnTenant } from "./scope.ts";
import type { AnyAction, AnyScreen, ConsoleDeps, Viewer } from "./screen.ts";
import { SCREENS } from "./screens/index.ts";

/** A page and an API address for every screen, an address of each for every action. */
export function screenRoutes(app: FastifyInstance, deps: ConsoleDeps): void {
  for (const screen of SCREENS) {
    app.get(screen.path, async (request, reply) => {
      const own = findOwnShare(screen, request);
      if (own !== null) return reply.redirect(own, 303);
      const { viewer, query, data } = await look(screen, request, deps);
      const next = screen.jump?.(data, query) ?? null;
      if (next !== null) return reply.redirect(next, 303);
      return reply.type("text/html").send(renderPage(screen, request, { viewer, query, data, deps }));
    });
    app.get(toApiAddress(screen), async (request) => (await look(screen, request, deps)).data);
  }
  for (const action of ACTIONS) {
    app.post(action.path, async (request, reply) => {
      const { next, page: once } = await change(action, request, deps);
      if (once === undefined) return reply.redirect(next, 303);
      return reply.type("text/html").send(renderOnce(action, once, identifyViewer(request)));
    });
    app.post(`${API}${action.path}`, async (request, reply) => {
      const { result, status = 200 } = await change(action, request, deps);
      return reply.code(status).send(result);
    });
  }
  app.get(`${API}/openapi.json`, async () => buildOpenApi(SCREENS, ACTIONS));
}

/** Where a screen's JSON is. */
export function toApiAddress({ name, path }: Pick<AnyScreen, "name" | "path">): string {
  return `${API}${path === "/" ? `/${name}` : path}`;
}

/** Where a person whose roles are of some tenants alone goes from a page of all tenants: to their own; null for who may stay. */
function findOwnShare(screen: AnyScreen, { identity, query, url }: FastifyRequest): string | null {
  if (identity === null || isAllowed(identity.grants, screen.role, null)) return null;
  const asked = (query as { tenant?: unknown }).tenant;
  if (asked !== undefined && asked !== "") return null;
  const tenant = findOwnTenant(screen, identity);
  if (tenant !== null) {
    const [path = "/", search = ""] = url.split("?", 2);
    const parameters = new URLSearchParams(search);
    parameters.set("tenant", tenant);
    return `${path}?${parameters.toString()}`;
  }
  // The first page shows all tenants or nothing: such a person goes on to the first page that shows them something.
  return screen.path === "/" ? (listMenu({ grants: identity.grants })[0]?.path ?? null) : null;
}

async function look(screen: AnyScreen, request: FastifyRequest, deps: ConsoleDeps) {
  const viewer = identifyViewer(request);
  const query = parse(screen.query, { ...(request.query as object), ...(request.params as object) });
  // What shows as far as each is granted needs some role of some tenant.
  if (screen.tenant(query) === "") requireAnyRole(viewer);
  else requireRole(viewer, screen.role, screen.tenant(query));
  return { viewer, query, data: await screen.read(deps, query, viewer) };
}

async function change(action: AnyAction, request: FastifyRequest, deps: ConsoleDeps) {
  const viewer = identifyViewer(request);
  const input = parse(action.input, { ...(request.body as object | undefined), ...(request.params as object) });
  // Whose it is may show only when it is found.
  if (action.tenant(input) === "") requireAnyRole(viewer);
  else requireRole(viewer, action.role, action.tenant(input));
  return action.act(deps, input, viewer, readAsked(request));
}

export function identifyViewer(request: FastifyRequest): Viewer {
  if (request.identity === null) throw signedOut();
  return { ...request.identity, ip: request.ip };
}

function requireAnyRole(viewer: Viewer): void {
  if (!viewer.grants.some(({ tenant }) => isAllowed(viewer.grants, null, tenant))) throw notAllowed("a role");
}

export function requireRole(viewer: Viewer, role: Role | null, tenant: string | null): void {
  if (isAllowed(viewer.grants, role, tenant)) return;
  const what = role === null ? "a role" : `the role ${role}`;
  throw notAllowed(`${what} for ${tenant === null ? "every tenant: name the tenant to see its own" : tenant}`);
}

export function parse<T>(schema: z.ZodType<T>, given: object): T {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw badInput(parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "));
}

function renderOnce({ summary }: AnyAction, body: Html, viewer: Viewer): string {
  return page({
    title: summary,
    menu: listMenu(viewer),
    current: "",
    viewer,
    body,
    command: null,
    apiPath: null,
    search: "",
  });
}

function renderPage(
  screen: AnyScreen,
  request: FastifyRequest,
  { viewer, query, data, deps }: { viewer: Viewer; query: unknown; data: unknown; deps: ConsoleDeps },
): string {
  const [path = "/", search = ""] = request.url.split("?", 2);
  return page({
    title: screen.title,
    menu: listMenu(viewer),
    current: `/${screen.path.split("/")[1] ?? ""}`,
    viewer,
    body: screen.render(data, query, viewer, deps),
    command: screen.command(query),
    apiPath: `${path === "/" ? toApiAddress(screen) : `${API}${path}`}${search === "" ? "" : `?${search}`}`,
    search: screen.name === "search" ? ((query as { q?: string }).q ?? "") : "",
  });
}

/** The pages that show a viewer something, in their order, each where it does. */
export function listMenu(viewer: Pick<Viewer, "grants">): MenuItem[] {
  return SCREENS.filter(({ menu }) => menu).flatMap((screen) => {
    const path = findOwnAddress(screen, viewer);
    return path === null ? [] : [{ path, title: screen.title }];
  });
}

/** What went wrong, as a page or as problem+json, by what was asked for. */
export function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = toProblem(error);
  if (problem.status >= 500) request.log.error({ err: error }, "request failed");
  if (request.url.startsWith("/api/"))
    return reply.code(problem.status).type("application/problem+json").send(JSON.stringify(problem));
  if (problem.status === 401) return reply.redirect("/sign-in", 303);
  const body = html`<h1>${problem.code.replaceAll("-", " ")}</h1>
    <p>${problem.message}</p>
    <p><a href="/">To the first page</a></p>`;
  const { identity } = request;
  const send = (text: string): FastifyReply => reply.code(problem.status).type("text/html").send(text);
  if (identity === null) return send(pageWithoutMenu(problem.code, body));
  const viewer = { ...identity, ip: request.ip };
  return send(
    page({
      title: problem.code,
      menu: listMenu(viewer),
      current: "",
      viewer,
      body,
      command: null,
      apiPath: null,
      search: "",
    }),
  );
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const name = error instanceof Error ? error.name : "";
  if (name === "LedgerUnavailableError")
    return new Problem(
      503,
      "ledger-away",
      "The ledger (Postgres) does not answer. Mail flows on or waits by itself; look again in a minute.",
    );
  const { statusCode } = error as { statusCode?: unknown };
  if (typeof statusCode === "number" && statusCode >= 400 && statusCode < 500)
    return new Problem(statusCode, statusCode === 429 ? "too-many-requests" : "bad-request", (error as Error).message);
  return new Problem(500, "internal-error", "An error of the console itself; its log has it.");
}
