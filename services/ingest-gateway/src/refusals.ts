import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { PROBLEM_MEDIA_TYPE, Problem, asProblem, problemDocument } from "./problems.ts";

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
  return reply
    .code(problem.statusCode)
    .headers({ ...problem.headers, "cache-control": "no-store" })
    .type(PROBLEM_MEDIA_TYPE)
    .send(JSON.stringify(problemDocument(problem)));
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
