import { MOST_BODY_BYTES } from "@inlet/sources";

const MINUTE_MS = 60_000;

export interface MailLimits {
  /** Connections at a time on one port. */
  readonly connections: number;
  /** Of these from one address; trusted relays are not counted. */
  readonly connectionsOfAddress: number;
  /** Recipients of one message. RFC 5321 wants 100 at least. */
  readonly recipients: number;
  /** Refused recipients of one connection, before it ends: guessing addresses must be slow. */
  readonly refusedRecipients: number;
  /** Commands of a connection from one message to the next: two for each recipient, and some. */
  readonly commands: number;
  /** Octets of a command line. RFC 5321 wants 512 and what extensions add. */
  readonly commandBytes: number;
  /** Octets of a message as announced (SIZE). Each source has its own limit below it. */
  readonly messageBytes: number;
  /** Silence of a client, ms. RFC 5321 4.5.3.2.7 wants five minutes. */
  readonly idleMs: number;
  /** From DATA to its end, ms. */
  readonly messageMs: number;
  /** A whole connection, ms. */
  readonly sessionMs: number;
  /** What a message under way may still take when the gateway ends, ms. */
  readonly drainMs: number;
}

export const MAIL_LIMITS: MailLimits = {
  connections: 500,
  connectionsOfAddress: 20,
  recipients: 500,
  refusedRecipients: 20,
  commands: 1200,
  commandBytes: 2048,
  messageBytes: MOST_BODY_BYTES,
  idleMs: 5 * MINUTE_MS,
  messageMs: 10 * MINUTE_MS,
  sessionMs: 60 * MINUTE_MS,
  drainMs: 9000,
};
