import type { IncomingMessage } from "node:http";
import type { FastifyRequest } from "fastify";
import type { BodyBudget } from "../body-budget.ts";
import { doorOf, inboundOf } from "../inbound.ts";
import { Problem } from "../problems.ts";
import { retryAfterSeconds } from "../retry-after.ts";

/** Refuses a body that says it is too large before it is read. */
export async function checkDeclaredSize(request: FastifyRequest): Promise<void> {
  const limit = doorOf(request).source.maxBodyBytes;
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge(limit);
}

/** The content-type parser of the inbound route: keeps the bytes as they came, up to the source's limit and the instance's budget. */
export function readBody(budget: BodyBudget) {
  return async function readBodyStep(request: FastifyRequest, payload: IncomingMessage): Promise<Buffer> {
    const inbound = inboundOf(request);
    const limit = doorOf(request).source.maxBodyBytes;
    let held = 0;
    inbound.releases.push(() => {
      budget.give(held);
      held = 0;
    });
    const chunks: Buffer[] = [];
    // Leaving the loop must not destroy the socket: the refusal has to be answered.
    for await (const chunk of payload.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      inbound.bytes += chunk.length;
      if (inbound.bytes > limit) throw tooLarge(limit);
      // Once released (the sender hung up) nothing is counted any more.
      if (inbound.ended) break;
      held += chunk.length;
      if (!budget.take(chunk.length)) throw new Problem("overloaded", { retryAfter: retryAfterSeconds() });
      chunks.push(chunk);
    }
    // Always a copy: a chunk may be a view of a buffer that the socket uses again.
    return Buffer.concat(chunks);
  };
}

function tooLarge(limit: number): Problem {
  return new Problem("body_too_large", { detail: `At most ${limit} bytes` });
}
