import type { IncomingMessage } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { API } from "../api/openapi.ts";
import { Problem } from "../problem.ts";
import { identifyViewer, parse, requireRole } from "../routes.ts";
import type { ConsoleDeps } from "../screen.ts";
import { place } from "../screens/fields.ts";
import { tailFilter } from "../screens/tail.ts";
import { createTail } from "./tail.ts";

const EVENTS = "text/event-stream";
const query = tailFilter.extend({ after: place.optional() });

/** The page's address, asked for events: what its list would show anew, as it comes. */
export function tailRoutes(app: FastifyInstance, { ledger, now }: Pick<ConsoleDeps, "ledger" | "now">): void {
  const tail = createTail({
    list: ledger.inspect.list,
    now,
    clock: () => performance.now(),
    pause: async (ms, signal) => wait(ms, undefined, { signal }).catch(() => undefined),
    onError: (err) => app.log.warn({ err }, "live tail: the ledger does not answer"),
  });
  // Before the server waits for its connections.
  app.addHook("preClose", async () => tail.close());
  app.get(`${API}/tail`, { constraints: { accept: EVENTS }, exposeHeadRoute: false }, async (request, reply) => {
    const viewer = identifyViewer(request);
    const last = request.headers["last-event-id"];
    const given = { ...(request.query as object), ...(last === undefined ? {} : { after: last }) };
    const { domain, ...wish } = parse(query, given);
    requireRole(viewer, null, wish.tenant ?? null);
    const { raw } = reply;
    // Of a proxy that gathers answers before it hands them on, nothing would be seen.
    const headers = {
      ...reply.getHeaders(),
      "content-type": EVENTS,
      "cache-control": "no-store",
      "x-accel-buffering": "no",
      // So that its end frees the connection, and the server with it.
      connection: "close",
    };
    const sink = {
      write: (text: string) => {
        if (!raw.headersSent) raw.writeHead(200, headers as Record<string, string>);
        raw.write(text);
      },
      isFull: () => raw.writableNeedDrain,
      // Not left to the other side to close: the process would wait for it.
      end: () => void raw.end(() => raw.destroy()),
      cut: () => raw.destroy(),
    };
    const leave = tail.join(viewer.actor, { ...wish, domain: domain?.toLowerCase() }, sink);
    if (leave === null)
      throw new Problem(
        429,
        "too-many-streams",
        "At most 3 live tails a person and 50 in all: close one, or look again in a minute.",
      );
    reply.hijack();
    raw.on("close", leave);
  });
}

/** Lets an address answer events to who asks for them. */
export function acceptEvents(app: FastifyInstance): void {
  app.addConstraintStrategy({
    name: "accept",
    storage: () => {
      const handlers = new Map<unknown, never>();
      return {
        get: (type: unknown) => handlers.get(type) ?? null,
        set: (type: unknown, handler: never) => void handlers.set(type, handler),
      };
    },
    deriveConstraint: ({ headers: { accept } }: IncomingMessage) =>
      accept?.includes(EVENTS) === true ? EVENTS : undefined,
  });
}
