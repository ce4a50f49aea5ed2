import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { KindAnswers } from "./kinds/kind.ts";
import { PROBLEM_MEDIA_TYPE, Problem, asProblem, problemDocument } from "./problems.ts";
import type { ProblemCode } from "./problems.ts";

/** Answers every refusal, whoever made it, as problem+json. */
export function refuseWithProblems(app: FastifyInstance): void {
  app.setErrorHandler(refuseRequest);
  app.setNotFoundHandler((request, reply) => answer(new Problem("not_found"), request, reply));
}

/** A request that failed in a step, or before it reached a route. */
export function refuseRequest(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return answer(asProblem(error), request, reply);
}

function answer(problem: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (request.inbound !== null && request.inbound !== undefined) request.inbound.problem = problem;
  else if (problem.statusCode >= 500) request.log.error({ err: problem.cause ?? problem }, "request failed");
  const status = statusFor(problem, request.inbound?.door?.kind.answers);
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
function statusFor({ code, statusCode }: Problem, answers: KindAnswers | undefined): number {
  if (answers === undefined) return statusCode;
  if (LATER.has(code)) return answers.later ?? statusCode;
  if (NEVER.has(code)) return answers.never ?? statusCode;
  return code === "address_not_allowed" && answers.later !== null ? 401 : statusCode;
}

/** What is no HTTP, or too slow, never reaches a route: answered on the socket. */
export function refuseOnSocket(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = new Problem(error.code === "ERR_HTTP_REQUEST_TIMEOUT" ? "request_timeout" : "bad_request");
  const body = JSON.stringify(problemDocument(problem));
  socket.end(
    `HTTP/1.1 ${problem.statusCode} ${STATUS_CODES[problem.statusCode]}\r\ncontent-type: ${PROBLEM_MEDIA_TYPE}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
