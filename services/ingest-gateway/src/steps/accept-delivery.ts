import { context } from "@opentelemetry/api";
import type { FastifyReply, FastifyRequest } from "fastify";
import { passingFault } from "../publish/publish-raw-event.ts";
import type { MakeDurable } from "../publish/publish-raw-event.ts";
import { getEndpoint, getInbound } from "../inbound.ts";
import { Problem } from "../answers/problems.ts";
import { retryAfterSeconds } from "../answers/retry-after.ts";
import { nameEvent } from "./build-event.ts";

interface Accepted {
  readonly eventId: string;
  readonly duplicate: boolean;
}

/** The handler: names the event, makes it durable once, and only then says so. */
export function acceptDelivery(durable: MakeDurable) {
  return async function acceptDeliveryStep(request: FastifyRequest, reply: FastifyReply): Promise<Accepted> {
    const inbound = getInbound(request);
    const event = nameEvent(request);
    const { duplicate } = await context
      .with(inbound.context, () => durable(event))
      .catch((error: unknown) => {
        throw toRefusal(error);
      });
    inbound.duplicate = duplicate;
    reply.code(getEndpoint(request).kind.facts.answers.accepted);
    return { eventId: event.eventId, duplicate };
  };
}

/** What a failed publication is answered with. Not durable now: 503, and the sender keeps the email. */
export function toRefusal(error: unknown): unknown {
  const code = passingFault(error);
  if (code === null) return error;
  return new Problem(code, {
    detail:
      code === "lane_not_ready"
        ? `${(error as Error).message}. Nothing was acknowledged: send it again`
        : "Nothing was acknowledged: send it again",
    retryAfter: retryAfterSeconds(),
    cause: error,
  });
}
