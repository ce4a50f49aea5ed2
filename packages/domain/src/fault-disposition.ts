import type { DeadLetterReason } from "@inlet/schemas";
import type { EarlyDisposition } from "./step-result.ts";
import { getRetryDelay, type UsedAttempts } from "./retry-table.ts";

/** A CRM call's fault, in the three classes of docs/concepts/protocol.md, section 5 that concern the CRM. */
export interface Fault {
  readonly kind: "outage" | "record-passing" | "record-permanent";
  readonly code: string;
  readonly retryAfterMs?: number | undefined;
  /** The CRM answered that this operation may not be, for one record or for all. */
  readonly refused?: boolean | undefined;
  /** The request may have been carried out. */
  readonly unknown: boolean;
  /** Names of the properties that the CRM does not take. */
  readonly properties?: readonly string[] | undefined;
  /** Something that the call refers to is not there. */
  readonly gone?: "certain" | "perhaps";
}

/**
 * What is known when an answer that would be an outage met a call although the CRM answers a ping: whether it meets this email only, or
 * anyone who makes the call.
 */
export interface Evidence {
  /** The email failed at the same operation before. */
  readonly again: boolean;
  /** Another email got through the operation since then. */
  readonly othersGotThrough: boolean;
  /** Other emails that failed at the operation since somebody got through. */
  readonly othersFailed: number;
  /** ms since the operation began to fail. */
  readonly failingMs: number;
}

export interface FaultContext {
  readonly step: string;
  /** Attempts already used up, this one not counted. */
  readonly attempts: UsedAttempts;
  /** ms from now until an unknown result may be settled; 0 when nothing is unknown. */
  readonly settleInMs: number;
  /** In [0, 1). */
  readonly random: number;
  /** Of what may pass; null where the CRM as a whole is away. */
  readonly evidence: Evidence | null;
  /** The email is written without it, with a warning. */
  readonly optional: boolean;
}

const REJECTED: DeadLetterReason = "crm_rejected";

/** Distinct emails that fail at one operation, no one getting through, show that it is the operation that is away. */
export const EMAILS_OF_AN_OUTAGE = 2;

/** An operation that is away is tried again after a quarter of the time for which it has been, between these, ms. */
const SOONEST_MS = 1_000;
const LATEST_MS = 120_000;

/** What is left out at last, with a warning, is waited for as long as the attempts of a record last, ms. */
const OPTIONAL_PATIENCE_MS = 15 * 60_000;

/**
 * What a fault means for the email: an outage costs it nothing (decision 19), unless it meets this email only; a passing fault of the record
 * uses an attempt; a permanent one is dead-lettered at once. An unknown result is never looked at again before it can be settled.
 */
export function toDisposition(fault: Fault, context: FaultContext): EarlyDisposition {
  switch (fault.kind) {
    case "record-permanent":
      return {
        kind: "deadLetter",
        reason: REJECTED,
        step: context.step,
        detail: buildDetail(fault),
        ...(fault.gone === undefined ? {} : { gone: fault.gone }),
      };
    case "record-passing":
      return context.evidence !== null && meetsAll(context.evidence)
        ? waitForOperation(fault, context, context.evidence)
        : useAttempt(fault, context);
    case "outage":
      return context.evidence === null
        ? wait(fault, context, SOONEST_MS)
        : weighEvidence(fault, context, context.evidence);
  }
}

/** Anyone who is to repair it finds which property it is. */
function buildDetail({ code, properties = [] }: Fault): string {
  return properties.length === 0 ? code : `${code} (${properties.join(", ")})`;
}

/** Codes of too many calls, whatever the CRM. */
const RATE_LIMITED = /:429(?::|$)/;

/** By all must never cost an attempt, by one only must never last (docs/concepts/protocol.md, section 13). */
function weighEvidence(fault: Fault, context: FaultContext, evidence: Evidence): EarlyDisposition {
  const { again, failingMs } = evidence;
  if (context.optional && (fault.refused === true || failingMs > OPTIONAL_PATIENCE_MS)) {
    return { kind: "deadLetter", reason: REJECTED, step: context.step, detail: fault.code };
  }
  if (!again) return wait(fault, context, SOONEST_MS);
  // Searches have narrower limits than what emails need: to ask later for what may be left out is no attempt (L31).
  return meetsAll(evidence) || (context.optional && RATE_LIMITED.test(fault.code))
    ? waitForOperation(fault, context, evidence)
    : useAttempt(fault, context);
}

function meetsAll({ again, othersGotThrough, othersFailed }: Evidence): boolean {
  return again && !othersGotThrough && othersFailed + 1 >= EMAILS_OF_AN_OUTAGE;
}

function waitForOperation(fault: Fault, context: FaultContext, { failingMs }: Evidence): EarlyDisposition {
  return wait(fault, context, Math.min(Math.max(failingMs / 4, SOONEST_MS), LATEST_MS));
}

function wait(fault: Fault, { random, settleInMs }: FaultContext, baseMs: number): EarlyDisposition {
  const delay = Math.max(fault.retryAfterMs ?? 0, baseMs * (0.75 + random * 0.5), settleInMs);
  return { kind: "park", code: fault.code, delayMs: Math.round(delay) };
}

function useAttempt(fault: Fault, context: FaultContext): EarlyDisposition {
  const delay = getRetryDelay("crm", context.attempts, context.random);
  if (delay === null) {
    return { kind: "deadLetter", reason: "retries_exhausted", step: context.step, detail: fault.code };
  }
  return {
    kind: "retry",
    code: fault.code,
    attempt: "crm",
    delayMs: Math.max(delay, fault.retryAfterMs ?? 0, context.settleInMs),
  };
}
