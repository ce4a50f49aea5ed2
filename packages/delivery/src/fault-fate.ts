import type { DeadLetterReason } from "@inlet/schemas";
import type { Ending } from "./outcome.ts";
import { retryDelayMs } from "./retry-schedule.ts";

/** A CRM call's fault, in the three classes of PROTOCOL.md 5 that concern the CRM. */
export interface Fault {
  readonly kind: "outage" | "record-passing" | "record-permanent";
  readonly code: string;
  readonly retryAfterMs?: number | undefined;
  /** The request may have been carried out. */
  readonly unknown: boolean;
}

export interface FaultContext {
  readonly step: string;
  /** Attempts already used up, this one not counted. */
  readonly attempt: number;
  /** ms from now until an unknown result may be settled; 0 when nothing is unknown. */
  readonly settleInMs: number;
  /** In [0, 1). */
  readonly random: number;
}

const REJECTED: DeadLetterReason = "crm_rejected";

/**
 * What a fault means for the email: an outage costs it nothing (decision 4); a passing fault of the record uses an attempt; a permanent
 * one is dead-lettered at once. An unknown result is never looked at again before it can be settled.
 */
export function fateOf(fault: Fault, context: FaultContext): Ending {
  switch (fault.kind) {
    case "record-permanent":
      return { kind: "deadLetter", reason: REJECTED, step: context.step, detail: fault.code };
    case "outage": {
      const delay = Math.max(fault.retryAfterMs ?? 0, 1_000 * (0.75 + context.random * 0.5), context.settleInMs);
      return { kind: "park", code: fault.code, delayMs: Math.round(delay) };
    }
    case "record-passing": {
      const delay = retryDelayMs(context.attempt + 1, context.random);
      if (delay === null) {
        return { kind: "deadLetter", reason: "retries_exhausted", step: context.step, detail: fault.code };
      }
      return {
        kind: "retry",
        code: fault.code,
        attempt: true,
        delayMs: Math.max(delay, fault.retryAfterMs ?? 0, context.settleInMs),
      };
    }
  }
}
