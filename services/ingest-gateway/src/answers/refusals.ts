import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Answers } from "@inlet/sources";
import { PROBLEM_MEDIA_TYPE, Problem, asProblem, problemDocument } from "./problems.ts";
import type { ProblemCode } from "./problems.ts";

/** Answers every refusal, no matter who made it, as problem+json. */
export function refuseWithProblems(app: FastifyInstance): void {
  app.setErrorHandler(refuseRequest);
  app.setNotFoundHandler((request, reply) => answer(notFound(request), request, reply));
  app.addHook("onRequest", checkHost);
}

/** Methods that no address here takes are told apart from addresses that are not there. */
function notFound({ method }: FastifyRequest): Problem {
  return METHODS.has(method)
    ? new Problem("not_found")
    : new Problem("method_not_allowed", { headers: { allow: "GET, POST" } });
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** RFC 9112 3.2: a request of HTTP/1.1 without a Host, or with more than one, is refused. */
async function checkHost({ raw }: FastifyRequest): Promise<void> {
  const hosts = raw.rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === "host").length;
  if (hosts > 1 || (hosts === 0 && raw.httpVersion === "1.1")) {
    throw new Problem("bad_request", { detail: "Send one Host header" });
  }
}

/** A request that failed in a step, or before it reached a route. */
export function refuseRequest(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return answer(asProblem(error), request, reply);
}

function answer(problem: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (request.inbound !== null && request.inbound !== undefined) request.inbound.problem = problem;
  else if (problem.statusCode >= 500) request.log.error({ err: problem.cause ?? problem }, "request failed");
  const status = statusFor(problem, request.inbound?.endpoint?.kind.facts.answers);
  return reply
    .code(status)
    .headers({ ...problem.headers, "cache-control": "no-store" })
    .type(PROBLEM_MEDIA_TYPE)
    .send(JSON.stringify(problemDocument(problem, status)));
}

const LATER = new Set<ProblemCode>([
  "request_timeout",
  "rate_limited",
  "storage_unavailable",
  "verification_unavailable",
  "lane_not_ready",
  "overloaded",
]);
const NEVER = new Set<ProblemCode>(["body_too_large", "media_type_unsupported", "not_email"]);

/**
 * The status that means to this sender what the problem means. To some providers a 4xx ends the delivery, or bounces it; where one code
 * stops all retries, a network that may not send must not get it by mistake.
 */
function statusFor({ code, statusCode }: Problem, answers: Answers | undefined): number {
  if (answers === undefined) return statusCode;
  if (LATER.has(code)) return answers.later ?? statusCode;
  if (NEVER.has(code)) return answers.never ?? statusCode;
  return code === "address_not_allowed" && answers.later !== null ? 401 : statusCode;
}
