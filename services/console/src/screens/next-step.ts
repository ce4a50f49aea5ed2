import type { WaitReason } from "@inlet/ledger";
import { DEAD_LETTER_REASONS, SUPPRESS_REASONS, type DeadLetterReason, type SuppressReason } from "@inlet/schemas";

/** What happened to an email, and what helps. */
export interface Verdict {
  readonly what: string;
  /** What to do next; null: nothing is to be done. */
  readonly next: string | null;
  /** What can help by itself, once the cause is gone; null: nothing that a button does, and `next` says why. */
  readonly button: "replay" | "retry" | null;
  /** The page of docs/runbooks that goes on from here. */
  readonly runbook: Runbook | null;
}

export type Runbook = "blob-store" | "crm-outage" | "empty-a-dlq" | "expired-offsets" | "move-a-lane" | "reconcile";

export type NextStep = Omit<Verdict, "what">;

/** Whose turn it is, for each reason of a dead letter (docs/reference/reasons.md has what they mean). */
export const NEXT_STEPS: Readonly<Record<DeadLetterReason, NextStep>> = {
  unreadable_record: {
    next: "Register the schema that it names (inlet schemas check), then replay it.",
    button: "replay",
    runbook: "empty-a-dlq",
  },
  unknown_tenant: { next: "Give the tenant's file back, then replay it.", button: "replay", runbook: "empty-a-dlq" },
  unknown_recipient: {
    next: "Add the address to a mailbox of the tenant's file, then replay it.",
    button: "replay",
    runbook: "empty-a-dlq",
  },
  unreadable_json: {
    next: "Ask the sender to send what its source's kind defines: the same bytes fail again.",
    button: null,
    runbook: "empty-a-dlq",
  },
  unreadable_mime: {
    next: "Look at its raw bytes (inlet dlq show): the same bytes fail again unless the parser changes.",
    button: null,
    runbook: "empty-a-dlq",
  },
  no_sender: {
    next: "Nothing: without an address there is no contact. Write to the CRM by hand if it matters.",
    button: null,
    runbook: "empty-a-dlq",
  },
  limit_exceeded: {
    next: "Nothing, unless the limit was raised since: then send it again by its id (inlet dlq replay).",
    button: null,
    runbook: "empty-a-dlq",
  },
  crashed_process: {
    next: "Report it with its event id; after a release that repairs it, send it again by its id (inlet dlq replay).",
    button: null,
    runbook: "empty-a-dlq",
  },
  attachment_refused: {
    next: "If the attachment is wanted, change the tenant's policy, then replay it.",
    button: "replay",
    runbook: "empty-a-dlq",
  },
  parse_timeout: {
    next: "Replay it once when the machine is not busy; if it fails again, report it.",
    button: "replay",
    runbook: "empty-a-dlq",
  },
  blob_missing: {
    next: "Give the blob store back what it lacks (docs/runbooks/blob-store.md), then replay it.",
    button: "replay",
    runbook: "blob-store",
  },
  crm_rejected: {
    next: "Read the CRM's answer below, change the record's cause (field, value, right), then replay it.",
    button: "replay",
    runbook: "empty-a-dlq",
  },
  crm_missing_record: {
    next: "Restore the record in the CRM or allow another by policy, then replay it.",
    button: "replay",
    runbook: "empty-a-dlq",
  },
  retries_exhausted: {
    next: "See that the CRM takes such records again, then replay it.",
    button: "replay",
    runbook: "empty-a-dlq",
  },
  outcome_unknown: {
    next: "Look whether the record is in the CRM, then say so: inlet dlq replay ID --assume-written RECORD, or --write.",
    button: null,
    runbook: "empty-a-dlq",
  },
  internal_error: {
    next: "Find the log line with its event id and report it; after the release that repairs it, replay it.",
    button: "replay",
    runbook: "empty-a-dlq",
  },
  record_gone: {
    next: "Nothing: Kafka deleted its record before its time. Ask the sender to send it again.",
    button: null,
    runbook: "expired-offsets",
  },
  taken_out: {
    next: "An operator took it out. Replay it if it is wanted after all.",
    button: "replay",
    runbook: "empty-a-dlq",
  },
  too_old: { next: "Replay it if it is wanted still.", button: "replay", runbook: "empty-a-dlq" },
};

/** Whose turn it is, for each reason for which email waits. */
export const WAIT_STEPS: Readonly<Record<WaitReason, NextStep>> = {
  held: { next: "Nothing: a person let it be kept, and ends that.", button: null, runbook: null },
  buffer: { next: "Let the tenant's mail go (Tenants): until then a retry does nothing.", button: null, runbook: null },
  circuit: {
    next: "See why its CRM is away; it goes on by itself once a ping gets through, which no retry brings forward.",
    button: null,
    runbook: "crm-outage",
  },
  quota: {
    next: "Nothing: it goes on as the quota refills, which no retry brings forward.",
    button: null,
    runbook: null,
  },
  conversation: {
    next: "Look at the earlier email that it stands behind: once that has ended it goes on; a retry would not pass it by.",
    button: null,
    runbook: null,
  },
  lane: { next: "Nothing: it goes on when the old lane is drained.", button: null, runbook: "move-a-lane" },
  retry: {
    next: "Nothing: it is tried again by itself; once its cause is gone a retry makes that now.",
    button: "retry",
    runbook: null,
  },
  crm: {
    next: "See what the CRM says to that call; it is tried again by itself, or now by a retry.",
    button: "retry",
    runbook: "crm-outage",
  },
  slow: { next: "Nothing: it is being tried, or waits for a place.", button: null, runbook: "crm-outage" },
  parse: {
    next: "Bring back what it needs (blob store, schema registry); it goes on by itself, or now by a retry.",
    button: "retry",
    runbook: "blob-store",
  },
};

/** What waits, and why. */
export interface WaitCause {
  readonly why: string;
  readonly reason: WaitReason;
}

/** Where another policy of the tenant would not bring a suppressed email into the CRM. */
const SUPPRESSED_FOR_GOOD: Partial<Record<SuppressReason, string>> = {
  duplicate_email: "Nothing: the email is in the CRM, from the delivery that came first.",
  loop: "Nothing: answering it would never end.",
  gone_in_crm: "Nothing, unless the record is wanted again: then restore it in the CRM.",
  erased: "Nothing: mail of this person that came after the erasure is new mail.",
};

/** In words, for an email that has ended or waits. */
export function judge(state: string, reason: string | null, waits: WaitCause | null): Verdict {
  switch (state) {
    case "written":
      return { what: "It is in the CRM.", next: null, button: null, runbook: null };
    case "suppressed":
      return {
        what: `It was left out of the CRM: ${describe(SUPPRESS_REASONS, reason)}.`,
        ...getNextOfSuppressed(reason),
      };
    case "dead_lettered":
      return { what: `It could not be written: ${describe(DEAD_LETTER_REASONS, reason)}.`, ...nextStep(reason) };
    case "waiting":
      return waits === null
        ? { what: "It waits.", next: "Nothing: it goes on by itself.", button: null, runbook: null }
        : { what: `It waits: ${waits.why}.`, ...WAIT_STEPS[waits.reason] };
    default:
      return {
        what: "It is on its way.",
        next: "Nothing: it goes on by itself. If it stands still, inlet reconcile says so.",
        button: null,
        runbook: "reconcile",
      };
  }
}

/** A dead letter whose record Kafka has deleted: said before anyone asks for what cannot be. */
export function judgeGone(verdict: Verdict): Verdict {
  return {
    ...verdict,
    next: "Its record is in the dlq no longer, so that nothing can send it again: while its raw event is kept, inlet replay --service parser reads that; else ask the sender.",
    button: null,
  };
}

function getNextOfSuppressed(reason: string | null): NextStep {
  const forGood = SUPPRESSED_FOR_GOOD[reason as SuppressReason];
  return forGood === undefined
    ? {
        next: "If it is wanted, change the tenant's policy for its class and replay it.",
        button: "replay",
        runbook: null,
      }
    : { next: forGood, button: null, runbook: null };
}

function nextStep(reason: string | null): NextStep {
  return reason !== null && Object.hasOwn(NEXT_STEPS, reason)
    ? NEXT_STEPS[reason as DeadLetterReason]
    : { next: "See docs/reference/reasons.md, then replay it.", button: "replay", runbook: "empty-a-dlq" };
}

function describe(reasons: Readonly<Record<string, string>>, reason: string | null): string {
  return (reason !== null && Object.hasOwn(reasons, reason) ? reasons[reason] : null) ?? reason ?? "no reason is known";
}
