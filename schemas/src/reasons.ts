/** The closed list of reasons for which an email ends suppressed or dead-lettered. Docs and tests read it; add, never rename. */

export const SUPPRESS_REASONS = {
  duplicate_email: "the same email was already written from another delivery; what was new was added to its records",
  auto_reply: "an automatic reply; the tenant's policy suppresses this class",
  out_of_office: "an out-of-office notice; the tenant's policy suppresses this class",
  bounce: "a delivery status notification; the tenant's policy suppresses this class",
  delay: "a notice that a message is delayed; the tenant's policy suppresses this class",
  receipt: "a read receipt or a notice of delivery; the tenant's policy suppresses this class",
  challenge: "a challenge of a spam filter; the tenant's policy suppresses this class",
  no_reply: "a notification of a system that reads no answers; the tenant's policy suppresses this class",
  spam: "its spam verdict is spam; the tenant's policy suppresses spam",
  loop: "an automatic mail that came back to us, or went in circles: answering it would never end",
  complaint: "an abuse report (ARF); the tenant's policy suppresses this class",
  mailing_list: "mailing list traffic; the tenant's policy suppresses this class",
  newsletter: "a newsletter; the tenant's policy suppresses this class",
  calendar: "a calendar message; the tenant's policy suppresses this class",
  gone_in_crm: "its record was deleted in the CRM by a person; a replay does not bring it back",
  erased: "the person who wrote it was erased after it was accepted; nothing brings it back",
} as const;

export const DEAD_LETTER_REASONS = {
  unreadable_record: "the Kafka record could not be decoded with the schema it names",
  unknown_tenant: "no tenant file has this id any more",
  unknown_recipient:
    "none of its recipients is in the tenant's mailboxes, and the tenant quarantines such mail: add the address and replay it",
  unreadable_json: "the signed body is not the JSON that the source's kind defines",
  unreadable_mime: "the message is not an email that the parser can read",
  no_sender: "no usable From address: there is no contact to write to",
  limit_exceeded: "the message exceeds a named limit of the parser",
  crashed_process: "parsing or delivering this message, alone, ended the process more than once",
  attachment_refused:
    "an attachment broke the tenant's policy or holds malware, and the policy dead-letters such email",
  parse_timeout: "parsing took longer than its limit",
  blob_missing: "a body named by reference is not in the blob store",
  crm_rejected: "the CRM refused the record itself (validation)",
  crm_missing_record:
    "a record that the email names (deal tag) is not in the CRM, and the policy does not allow another",
  retries_exhausted: "a passing fault of the record outlasted every retry",
  outcome_unknown: "a write may or may not have landed and this CRM cannot tell: settle it by hand",
  internal_error: "a fault in Inlet itself met this email; the log line with its event id has the stack",
  record_gone: "it waited in Kafka by reference, and its record was not there any more when it was due",
  taken_out: "an operator took it out of what waits (`inlet waiting dead-letter`)",
  too_old: "it waited longer than the tenant's maxAge",
} as const;

/** Why a record is passed over: `why` of the metric inlet_dropped_records_total. */
export const SKIP_REASONS = {
  already_ended: "its email was written, suppressed or dead-lettered by it or its equal",
  stale: "a newer record of its email was taken",
  already_waiting: "its email waits in the ledger already",
  replaced_waiting: "it took the place of an older record of its email, which waits",
} as const;

export type SkipReason = keyof typeof SKIP_REASONS;
export type SuppressReason = keyof typeof SUPPRESS_REASONS;
export type DeadLetterReason = keyof typeof DEAD_LETTER_REASONS;
