import { BlobStoreUnavailableError } from "@inlet/blob-store";
import { RegistryUnavailableError } from "@inlet/event-codec";
import { KafkaUnavailableError, LaneFullError } from "@inlet/kafka";
import { context } from "@opentelemetry/api";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Acknowledgements } from "../acknowledgements.ts";
import { DeadlineExceededError, withDeadline } from "../deadline.ts";
import { inboundOf } from "../inbound.ts";
import { Problem } from "../problems.ts";
import { retryAfterSeconds } from "../retry-after.ts";
import { nameEvent } from "./name-event.ts";
import type { Publish } from "./publish.ts";

/** Own senders' success; a provider that documents another code brings it with its kind. */
const ACCEPTED = 202;

export interface AcceptDeps {
  readonly acknowledgements: Acknowledgements;
  readonly publish: Publish;
  /** Longest that a sender waits for the answer once its body is here, ms. */
  readonly deadlineMs: number;
}

/** The handler: names the event, makes it durable once, and only then says so. */
export function acceptDelivery({ acknowledgements, publish, deadlineMs }: AcceptDeps) {
  return async function acceptDeliveryStep(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const inbound = inboundOf(request);
    const event = nameEvent(request);
    const acknowledged = context.with(inbound.context, () =>
      withDeadline(
        deadlineMs,
        // The inner deadline ends the attempt for twins too: one that hangs must not hold up every retry of the event.
        acknowledgements.once(event.eventId, () => withDeadline(deadlineMs, publish(event))),
      ),
    );
    const { duplicate } = await acknowledged.catch((error: unknown) => {
      throw refusalOf(error);
    });
    inbound.duplicate = duplicate;
    await reply.code(ACCEPTED).send({ eventId: event.eventId, duplicate });
  };
}

/** Not durable now: 503, and the sender keeps the email. It may have been written all the same; the retry has the same event id. */
function refusalOf(error: unknown): unknown {
  const passing =
    error instanceof KafkaUnavailableError ||
    error instanceof LaneFullError ||
    error instanceof BlobStoreUnavailableError ||
    error instanceof RegistryUnavailableError ||
    error instanceof DeadlineExceededError;
  if (!passing) return error;
  const code = error instanceof LaneFullError ? "overloaded" : "storage_unavailable";
  return new Problem(code, {
    detail: "Nothing was acknowledged: send it again",
    retryAfter: retryAfterSeconds(),
    cause: error,
  });
}
