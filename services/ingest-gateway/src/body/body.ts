import type { FastifyRequest } from "fastify";

/** The request's bytes; a POST without a body has none. */
export function getBody(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}
