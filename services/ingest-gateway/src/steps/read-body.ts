import type { IncomingMessage } from "node:http";
import type { FastifyRequest } from "fastify";
import type { BodyBudget } from "../body/body-budget.ts";
import { BodyPieces } from "../body/body-pieces.ts";
import { getEndpoint, getInbound } from "../inbound.ts";
import { Problem } from "../answers/problems.ts";
import { retryAfterSeconds } from "../answers/retry-after.ts";

/** Refuses a body that says it is too large before it is read. */
export async function checkDeclaredSize(request: FastifyRequest): Promise<void> {
  const limit = getLimit(request);
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge(limit);
}

/** The content-type parser of the inbound route: keeps the bytes as they came, up to the source's limit and the instance's budget. */
export function readBody(budget: BodyBudget) {
  return async function readBodyStep(request: FastifyRequest, payload: IncomingMessage): Promise<Buffer> {
    const inbound = getInbound(request);
    const limit = getLimit(request);
    const { tenant } = getEndpoint(request);
    let held = 0;
    inbound.releases.push(() => {
      budget.give(held, tenant.id);
      held = 0;
    });
    const pieces = new BodyPieces();
    await eachChunk(payload, (chunk) => {
      inbound.bytes += chunk.length;
      if (inbound.bytes > limit) return tooLarge(limit);
      // Once released (the sender hung up) nothing is counted any more.
      if (inbound.ended) return null;
      held += chunk.length;
      if (!budget.take(chunk.length, tenant.id)) return new Problem("overloaded", { retryAfter: retryAfterSeconds() });
      if (pieces.add(chunk)) return null;
      return new Problem("bad_request", { detail: "The body comes in too many pieces: send it with a Content-Length" });
    });
    // Always a copy: a chunk may be a view of a buffer that the socket uses again.
    return pieces.join();
  };
}

/**
 * Hands every chunk to `take`; resolves at the end. A refusal by `take` stops the reading and is what it rejects with; the socket stays whole, so
 * that it can be answered. By events: the stream's async iterator costs a request more than all else that is done with its bytes.
 */
function eachChunk(payload: IncomingMessage, take: (chunk: Buffer) => Problem | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      payload.off("data", onData).off("end", onEnd).off("error", onError).off("close", onClose);
      act();
    };
    const onData = (chunk: Buffer): void => {
      const refusal = take(chunk);
      if (refusal === null) return;
      payload.pause();
      settle(() => reject(refusal));
    };
    const onEnd = (): void => settle(resolve);
    const onError = (error: Error): void => settle(() => reject(error));
    const onClose = (): void => settle(() => reject(new Error("the connection closed before the body had ended")));
    payload.on("data", onData).once("end", onEnd).once("error", onError).once("close", onClose);
  });
}

/** The source's limit, or the kind's own where that is less: a body that proves itself must be small enough to be looked into. */
function getLimit(request: FastifyRequest): number {
  const { source, kind } = getEndpoint(request);
  return Math.min(source.maxBodyBytes, kind.facts.mostBodyBytes ?? source.maxBodyBytes);
}

function tooLarge(limit: number): Problem {
  return new Problem("body_too_large", { detail: `At most ${limit} bytes` });
}
