import type { EmailTry } from "../attempt.ts";

/** What a call needs to know of the try that makes it. */
export type CallTry = Pick<
  EmailTry,
  "deps" | "tenant" | "crm" | "effects" | "deadline" | "attempts" | "alone" | "begun"
> & {
  readonly event: Pick<EmailTry["event"], "eventId">;
};
