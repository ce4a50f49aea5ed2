import type { TenantConfig } from "@inlet/config";
import type { SourceSettings } from "@inlet/sources";

/**
 * Every reply of the mail listeners that is Inlet's own, in one closed list: code and enhanced status (RFC 5321, RFC 3463). 4xx: the
 * sender keeps the email and tries again; 5xx: it tells its author. docs/guides/smtp.md explains each; a test holds the two together.
 */
export const REPLIES = {
  accepted: { status: 250, text: "2.0.0 Accepted" },
  shutting_down: { status: 421, text: "4.3.2 Shutting down, try again" },
  session_too_long: { status: 421, text: "4.4.2 This session lasts too long, connect again" },
  too_slow: { status: 421, text: "4.4.2 The message did not arrive in time" },
  too_many_connections: { status: 421, text: "4.7.0 Too many connections from your address" },
  too_many_commands: { status: 421, text: "4.7.0 Too many commands without a message" },
  too_many_refusals: { status: 421, text: "4.7.0 Too many refused recipients" },
  rate_limited: { status: 450, text: "4.7.1 This mailbox gets more than its rate, try later" },
  storage_unavailable: { status: 451, text: "4.3.0 Could not be made durable now, try again" },
  internal_error: { status: 451, text: "4.3.0 The gateway failed, try again" },
  recipient_ambiguous: { status: 451, text: "4.3.5 This address is claimed twice here, try later" },
  recipient_undecided: { status: 451, text: "4.3.5 Not all mailboxes can be read here now, try later" },
  lane_not_ready: { status: 451, text: "4.3.5 This mailbox is not set up yet, try later" },
  overloaded: { status: 452, text: "4.3.1 At the limit, try later" },
  send_separately: { status: 452, text: "4.5.3 Send this recipient in a message of its own" },
  recipient_unknown: { status: 550, text: "5.1.1 No such mailbox here" },
  address_not_allowed: { status: 550, text: "5.7.1 This mailbox takes nothing from your address" },
  message_too_large: { status: 552, text: "5.3.4 The message is larger than this mailbox takes" },
  header_too_large: { status: 552, text: "5.3.4 The header of the message is larger than any mailbox takes" },
  too_many_pieces: { status: 554, text: "5.6.0 Too many lines of the message begin with a dot" },
} as const satisfies Record<string, { status: number; text: string }>;

export type ReplyCode = keyof typeof REPLIES;

/** Where a recipient's mail goes. */
export interface Destination {
  readonly tenant: TenantConfig;
  readonly source: SourceSettings;
}

export interface RefusalDetail {
  /** Whose mailbox it was, where that was found out. */
  readonly destination?: Destination;
  readonly cause?: unknown;
}

/** Handed to smtp-server, which sends it as the reply. */
export class MailRefusal extends Error {
  override readonly name = "MailRefusal";
  readonly code: ReplyCode;
  readonly responseCode: number;
  readonly destination: Destination | null;

  constructor(code: ReplyCode, { destination, cause }: RefusalDetail = {}) {
    super(REPLIES[code].text, cause === undefined ? undefined : { cause });
    this.code = code;
    this.responseCode = REPLIES[code].status;
    this.destination = destination ?? null;
  }
}
