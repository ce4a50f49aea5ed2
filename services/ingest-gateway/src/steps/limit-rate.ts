import type { FastifyInstance, FastifyRequest } from "fastify";
import { getEndpoint } from "../inbound.ts";
import { Problem } from "../answers/problems.ts";

/**
 * Holds a tenant to its rate on this instance: `burst` requests in a window of `burst / perSecond` seconds. It counts verified
 * requests only: counted earlier, anybody could use up a tenant's rate.
 */
export function limitRate(app: FastifyInstance) {
  const check = app.createRateLimit({
    keyGenerator: (request) => getEndpoint(request).tenant.id,
    max: (request) => getEndpoint(request).tenant.rateLimit.burst,
    timeWindow: (request) => {
      const { burst, perSecond } = getEndpoint(request).tenant.rateLimit;
      return Math.max(1, Math.round((burst / perSecond) * 1000));
    },
  });
  return async function limitRateStep(request: FastifyRequest): Promise<void> {
    const result = await check(request);
    if (!result.isAllowed && result.isExceeded) {
      throw new Problem("rate_limited", { retryAfter: Math.max(1, result.ttlInSeconds) });
    }
  };
}
