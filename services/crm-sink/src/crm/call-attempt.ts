import type { DeliveryAttempt } from "../attempt.ts";

/** What a call needs to know of the try that makes it. */
export type CallAttempt = Pick<
  DeliveryAttempt,
  "deps" | "tenant" | "crm" | "effects" | "deadline" | "attempts" | "isolated" | "begun"
> & {
  /** Of a replay. */
  readonly incoming?: DeliveryAttempt["incoming"];
  readonly event: Pick<DeliveryAttempt["event"], "eventId">;
};
