import { BlobStoreUnavailableError } from "@inlet/blob-store";
import { RegistryUnavailableError } from "@inlet/event-codec";
import { KafkaUnavailableError, ProducerQueueFullError } from "@inlet/kafka";
import type { RawEvent } from "@inlet/schemas";
import { LaneNotReadyError } from "../ops/lane-watch.ts";
import type { Acknowledgements } from "./acknowledgements.ts";
import { DeadlineExceededError, withDeadline } from "../body/deadline.ts";
import type { Publish } from "../steps/publish.ts";

export interface DurableDeps {
  readonly acknowledgements: Acknowledgements;
  readonly publish: Publish;
  /** Longest that a sender waits for the answer once its email is here, ms. */
  readonly deadlineMs: number;
}

/** Makes an event durable once, within the deadline. Rejects as the ports do; {@link passingFault} tells what the sender may repeat. */
export type MakeDurable = (event: RawEvent) => Promise<{ readonly duplicate: boolean }>;

export function makeDurable({ acknowledgements, publish, deadlineMs }: DurableDeps): MakeDurable {
  return async (event) =>
    withDeadline(
      deadlineMs,
      // The inner deadline ends the attempt for twins too: one that hangs must not hold up every retry of the event.
      acknowledgements.once(event.eventId, () => withDeadline(deadlineMs, publish(event))),
    );
}

/**
 * Whether not being durable is our infrastructure's fault, which passes: the sender keeps the email and repeats it. It may have been
 * written all the same; the repetition has the same event id. Null for a fault of our own code.
 */
export function passingFault(error: unknown): "storage_unavailable" | "overloaded" | "lane_not_ready" | null {
  if (error instanceof LaneNotReadyError) return "lane_not_ready";
  if (error instanceof ProducerQueueFullError) return "overloaded";
  const away =
    error instanceof KafkaUnavailableError ||
    error instanceof BlobStoreUnavailableError ||
    error instanceof RegistryUnavailableError ||
    error instanceof DeadlineExceededError;
  return away ? "storage_unavailable" : null;
}
