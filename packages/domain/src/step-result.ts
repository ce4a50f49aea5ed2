import type { FaultFamily } from "./retry-table.ts";
import type { DeadLetterReason, SkipReason, SuppressReason } from "@inlet/schemas";

/** Where in the pipeline something happened. */
export type Stage = "parse" | "deliver";

/** What a step decided; one place in each service carries it out (docs/concepts/architecture.md). */
export type StepResult<T> = { readonly kind: "ok"; readonly value: T } | EarlyDisposition;

/** Everything that ends the steps early. */
export type EarlyDisposition =
  | { readonly kind: "suppress"; readonly reason: SuppressReason; readonly duplicateOf?: string }
  | {
      /** Try again later: `delayMs` from now, or as the attempt's backoff says when it is absent. */
      readonly kind: "retry";
      readonly code: string;
      /** Whose attempt is used up; null: no one's. Only faults of the record use one. */
      readonly attempt: FaultFamily | null;
      readonly delayMs?: number;
    }
  | { readonly kind: "park"; readonly code: string; readonly delayMs: number }
  | {
      readonly kind: "deadLetter";
      readonly reason: DeadLetterReason;
      readonly step: string;
      readonly detail: string;
      /** Something in the CRM that the step refers to is not there, as the CRM says, or may not be. */
      readonly gone?: "certain" | "perhaps";
      /** For operators, in the ledger alone: never in a log or a header. */
      readonly evidence?: Readonly<Record<string, unknown>>;
    }
  | {
      /** Nothing to do: the record was handled before, or a newer one of the same event is. */
      readonly kind: "skip";
      readonly why: SkipReason;
    };

export function ok<T>(value: T): StepResult<T> {
  return { kind: "ok", value };
}

export function deadLetter(
  reason: DeadLetterReason,
  step: string,
  detail: string,
): Extract<EarlyDisposition, { kind: "deadLetter" }> {
  return { kind: "deadLetter", reason, step, detail };
}
