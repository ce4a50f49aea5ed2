import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { API } from "../api/openapi.ts";
import { page } from "../page/layout.ts";
import { identifyViewer, listMenu, parse, requireRole } from "../routes.ts";
import type { ConsoleDeps } from "../screen.ts";
import { renderTry } from "../screens/try.ts";
import { LARGEST_TRY, runTry, tryInput } from "./run-try.ts";

/** A form's escapes take up to three bytes each. */
const LARGEST_FORM = 3 * LARGEST_TRY;
/** By person: each try takes a process for a while. */
const OPTIONS = {
  bodyLimit: LARGEST_FORM,
  config: {
    rateLimit: {
      max: 20,
      timeWindow: "1 minute",
      keyGenerator: (request: FastifyRequest) => request.identity?.actor ?? request.ip,
    },
  },
};

/** Trying an email: a POST, since it is sent along; it changes nothing, and is answered at once. */
export function tryRoutes(app: FastifyInstance, deps: ConsoleDeps): void {
  const attempt = async (request: FastifyRequest) => {
    const viewer = identifyViewer(request);
    const input = parse(tryInput, { ...(request.body as object | undefined) });
    requireRole(viewer, "ingest", input.tenant);
    return { viewer, input, result: await runTry(deps, input, viewer) };
  };
  app.post(`${API}/try`, OPTIONS, async (request) => (await attempt(request)).result);
  app.post("/try", OPTIONS, async (request, reply: FastifyReply) => {
    const { viewer, input, result } = await attempt(request);
    return reply.type("text/html").send(
      page({
        title: "Try an email",
        menu: listMenu(viewer),
        current: "/try",
        viewer,
        body: renderTry(result, input),
        command: `npx inlet rules try mail.${input.form === "json" ? "json" : "eml"} --tenant ${input.tenant}`,
        apiPath: null,
        search: "",
      }),
    );
  });
}
