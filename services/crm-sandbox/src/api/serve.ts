import { setTimeout as delay } from "node:timers/promises";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Faults, FaultRule } from "../faults.ts";
import type { Limits } from "../limits.ts";
import { Problem, toStatusProblem, problems } from "../problem.ts";
import type { ApiAnswer, ApiCall, Route, Upload } from "./api-call.ts";
import { refusingBatch } from "./batches.ts";

export interface AccessToken {
  readonly token: string;
  /** What faults match as `tenant`. */
  readonly tenant: string;
}

export interface ServeOptions {
  readonly faults: Faults;
  readonly limits: Limits;
  /** Empty: any token will do, and names its tenant itself. */
  readonly tokens: readonly AccessToken[];
  readonly now: () => number;
  /** Told what every call came to; status 0 for none that was sent. */
  readonly onCall: (operation: string, status: number) => void;
}

/** Serves a route as HubSpot's edge does: token, limits, then the handler; and lets the fault that strikes the call have its way. */
export function serveRoute(app: FastifyInstance, route: Route, options: ServeOptions): void {
  app.route({
    method: route.method,
    url: route.url,
    handler: async (request, reply) => {
      const operation = getOperation(route, request);
      const tenant = findTenant(request, options.tokens);
      const path = (request.originalUrl.split("?", 1)[0] ?? "").replace(/\/+$/, "");
      const fault = options.faults.take({ method: request.method, path, tenant });
      const call: ApiCall = {
        params: request.params as Record<string, string>,
        query: request.query as Record<string, string | undefined>,
        body: request.body,
        upload: request.isMultipart() ? await readUpload(request) : null,
      };
      const carryOut = (): ApiAnswer => {
        if (tenant === null) throw problems.unauthorized();
        reply.headers(options.limits.charge(route.kind ?? "call", options.now()));
        return route.handler(call);
      };
      const status = await answer(reply, carryOut, fault, options);
      options.onCall(operation, status);
      return reply;
    },
  });
}

/** Gives the status that the client saw; 0 for none. */
async function answer(
  reply: FastifyReply,
  carryOut: () => ApiAnswer,
  fault: FaultRule | null,
  options: ServeOptions,
): Promise<number> {
  if (fault?.delayMs !== undefined) await delay(fault.delayMs);
  if (fault?.drop === "before") return hangUp(reply);
  if (fault?.lateWriteMs !== undefined) {
    // The connection stays open and silent until the client leaves; the write does not depend on it.
    reply.hijack();
    options.faults.later(fault.lateWriteMs, () => {
      attempt(carryOut);
      reply.raw.destroy();
    });
    return 0;
  }
  if (fault?.status !== undefined && fault.carryOut !== true)
    return send(reply, faultAnswer(fault, options.now), fault);
  const result = attempt(carryOut);
  if (fault?.drop === "after") return hangUp(reply);
  if (fault?.cut === true || fault?.dripMs !== undefined) return sendSlowly(reply, result, fault);
  return send(reply, fault?.status === undefined ? result : faultAnswer(fault, options.now), fault);
}

function attempt(work: () => ApiAnswer): ApiAnswer | Problem {
  try {
    return work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

function faultAnswer(fault: FaultRule, now: () => number): ApiAnswer | Problem {
  return fault.status === 207
    ? refusingBatch(fault.category ?? "VALIDATION_ERROR", now)
    : toStatusProblem(fault.status ?? 500, fault.policyName, fault.category);
}

function send(reply: FastifyReply, result: ApiAnswer | Problem, fault: FaultRule | null): number {
  if (fault?.retryAfter !== undefined) reply.header("retry-after", String(fault.retryAfter));
  reply.code(result.status);
  if (result instanceof Problem) reply.headers(result.headers);
  if (typeof result.body === "string") reply.type("text/html; charset=utf-8");
  // 204 has no body; an object is sent as JSON.
  void reply.send(result.body);
  return result.status;
}

/** An answer by hand: half of it and then nothing, or one byte after the other for as long as the client listens. */
function sendSlowly(reply: FastifyReply, result: ApiAnswer | Problem, fault: FaultRule): number {
  const body = Buffer.from(result.body === undefined ? "" : JSON.stringify(result.body));
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(result.status, { "content-type": "application/json", "content-length": String(body.length) });
  if (fault.cut === true) {
    raw.write(body.subarray(0, Math.floor(body.length / 2)), () => raw.destroy());
    return 0;
  }
  let at = 0;
  const next = (): void => {
    if (raw.destroyed) return;
    if (at >= body.length) raw.end();
    else {
      raw.write(body.subarray(at, (at += 1)));
      setTimeout(next, fault.dripMs);
    }
  };
  next();
  return 0;
}

function hangUp(reply: FastifyReply): number {
  reply.hijack();
  reply.raw.destroy();
  return 0;
}

function findTenant(request: FastifyRequest, tokens: readonly AccessToken[]): string | null {
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (tokens.length === 0) return token ?? "anonymous";
  return tokens.find((known) => known.token === token)?.tenant ?? null;
}

async function readUpload(request: FastifyRequest): Promise<Upload> {
  const fields: Record<string, string> = {};
  let file: Upload["file"] = null;
  for await (const part of request.parts()) {
    if (part.type === "field") fields[part.fieldname] = String(part.value);
    else {
      const bytes = await part.toBuffer();
      if (part.fieldname === "file") file = { name: part.filename, contentType: part.mimetype, bytes };
    }
  }
  return { fields, file };
}

/** `POST /crm/v3/objects/emails`: the route with its object types, without ids. */
function getOperation(route: Route, request: FastifyRequest): string {
  const params = request.params as Record<string, string>;
  const url = route.url.replaceAll(/:(version|type|to)\b/g, (_, name: string) => params[name] ?? name);
  return `${route.method} ${url.replaceAll(/:(\w+)/g, "{$1}").replace("*", "{path}")}`;
}
