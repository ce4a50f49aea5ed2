import { DEAD_LETTER_REASONS, SUPPRESS_REASONS, type DeadLetterReason, type SuppressReason } from "@inlet/schemas";

/** What happened to an email, and what helps. */
export interface Verdict {
  readonly what: string;
  /** What to do next; null: nothing is to be done. */
  readonly next: string | null;
  /** Whether sending it through again can help by itself, once the cause is gone. */
  readonly replayHelps: boolean;
}

/** Whose turn it is, for each reason of a dead letter (docs/reference/reasons.md has what they mean). */
export const NEXT_STEPS: Readonly<Record<DeadLetterReason, Omit<Verdict, "what">>> = {
  unreadable_record: {
    next: "Register the schema that it names (inlet schemas check), then replay it.",
    replayHelps: true,
  },
  unknown_tenant: { next: "Give the tenant's file back, then replay it.", replayHelps: true },
  unknown_recipient: { next: "Add the address to a mailbox of the tenant's file, then replay it.", replayHelps: true },
  unreadable_json: {
    next: "Ask the sender to send what its source's kind defines: the same bytes fail again.",
    replayHelps: false,
  },
  unreadable_mime: {
    next: "Look at its raw bytes (inlet dlq show): the same bytes fail again unless the parser changes.",
    replayHelps: false,
  },
  no_sender: {
    next: "Nothing: without an address there is no contact. Write to the CRM by hand if it matters.",
    replayHelps: false,
  },
  limit_exceeded: { next: "Nothing, unless the limit was raised since: then replay it.", replayHelps: false },
  crashed_process: {
    next: "Report it with its event id; after a release that repairs it, replay it.",
    replayHelps: false,
  },
  attachment_refused: {
    next: "If the attachment is wanted, change the tenant's policy, then replay it.",
    replayHelps: true,
  },
  parse_timeout: {
    next: "Replay it once when the machine is not busy; if it fails again, report it.",
    replayHelps: true,
  },
  blob_missing: {
    next: "Give the blob store back what it lacks (docs/runbooks/blob-store.md), then replay it.",
    replayHelps: true,
  },
  crm_rejected: {
    next: "Read the CRM's answer below, change the record's cause (field, value, right), then replay it.",
    replayHelps: true,
  },
  crm_missing_record: {
    next: "Restore the record in the CRM or allow another by policy, then replay it.",
    replayHelps: true,
  },
  retries_exhausted: { next: "See that the CRM takes such records again, then replay it.", replayHelps: true },
  outcome_unknown: {
    next: "Look whether the record is in the CRM, then settle it: inlet dlq replay --settle.",
    replayHelps: true,
  },
  internal_error: {
    next: "Find the log line with its event id and report it; after the release that repairs it, replay it.",
    replayHelps: true,
  },
  record_gone: {
    next: "Nothing: Kafka deleted its record before its time. Ask the sender to send it again.",
    replayHelps: false,
  },
  taken_out: { next: "An operator took it out. Replay it if it is wanted after all.", replayHelps: true },
  too_old: { next: "Replay it if it is wanted still.", replayHelps: true },
};

/** Where another policy of the tenant would not bring a suppressed email into the CRM. */
const SUPPRESSED_FOR_GOOD: Partial<Record<SuppressReason, string>> = {
  duplicate_email: "Nothing: the email is in the CRM, from the delivery that came first.",
  loop: "Nothing: answering it would never end.",
  gone_in_crm: "Nothing, unless the record is wanted again: then restore it in the CRM.",
  erased: "Nothing: mail of this person that came after the erasure is new mail.",
};

/** In words, for an email that has ended or waits. */
export function judge(state: string, reason: string | null, waits: string | null): Verdict {
  switch (state) {
    case "written":
      return { what: "It is in the CRM.", next: null, replayHelps: false };
    case "suppressed":
      return {
        what: `It was left out of the CRM: ${describe(SUPPRESS_REASONS, reason)}.`,
        ...getNextOfSuppressed(reason),
      };
    case "dead_lettered":
      return { what: `It could not be written: ${describe(DEAD_LETTER_REASONS, reason)}.`, ...nextStep(reason) };
    case "waiting":
      return { what: `It waits: ${waits ?? "its turn"}.`, next: "Nothing: it goes on by itself.", replayHelps: false };
    default:
      return {
        what: "It is on its way.",
        next: "Nothing: it goes on by itself. If it stands still, inlet reconcile says so.",
        replayHelps: false,
      };
  }
}

function getNextOfSuppressed(reason: string | null): Omit<Verdict, "what"> {
  const forGood = SUPPRESSED_FOR_GOOD[reason as SuppressReason];
  return forGood === undefined
    ? { next: "If it is wanted, change the tenant's policy for its class and replay it.", replayHelps: true }
    : { next: forGood, replayHelps: false };
}

function nextStep(reason: string | null): Omit<Verdict, "what"> {
  return reason !== null && Object.hasOwn(NEXT_STEPS, reason)
    ? NEXT_STEPS[reason as DeadLetterReason]
    : { next: "See docs/reference/reasons.md.", replayHelps: true };
}

function describe(reasons: Readonly<Record<string, string>>, reason: string | null): string {
  return (reason !== null && Object.hasOwn(reasons, reason) ? reasons[reason] : null) ?? reason ?? "no reason is known";
}
