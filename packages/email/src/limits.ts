/**
 * Every bound of the parser, each with the attack that it stops. Past the first group an email ends as `limit_exceeded`;
 * the second group cuts what is too long, and the email says so in `warnings`.
 */
export const LIMITS = {
  /** Bytes of a message. Stops memory exhaustion by size alone; above the largest way in (SES by S3: 40 MB). */
  messageBytes: 50 * 1024 * 1024,
  /** Bytes of one header block, the message's or a part's. Stops header bombs. */
  headerBytes: 512 * 1024,
  /** Header fields of the message. Stops millions of one-byte fields, each costing an object. */
  headerFields: 2_000,
  /** MIME nodes, containers included. Stops 10,000 one-byte parts, each costing streams. */
  parts: 1_000,
  /** Nested multiparts. Stops stack and boundary-list growth by nesting; real mail stays under 10. */
  depth: 50,
  /** Milliseconds after which a parse that has not ended is given up. Stops a stalled stream from holding its partition. */
  parseMs: 60_000,
} as const;

export const TRUNCATION_LIMITS = {
  /** Mailboxes kept of one address header. Stops a To of a million addresses from filling the record. */
  addresses: 1_000,
  /** Tags of one email, over all its addresses. Stops a To of a thousand subaddresses from filling the record. */
  addressTags: 100,
  /** References kept: the first (the root) and the newest. Stops a thread header that grows by each reply. */
  references: 200,
  /** UTF-8 bytes of a Message-ID. RFC 5322 lines end at 998; longer ones are junk or an attack on indexes. */
  messageIdBytes: 998,
  /** Characters of html that are sanitized. Sanitizing is linear but slow; stops a 40 MB html body from holding the thread. */
  htmlChars: 4 * 1024 * 1024,
  /** Open html elements at once. htmlparser2's stack is quadratic in the depth; browsers flatten at 512. */
  htmlDepth: 500,
  /** Characters of text given to the reply and signature rules; the rest is quoted history in practice. */
  replyChars: 64 * 1024,
  /** Characters of a file name, extension kept. File systems end at 255 bytes. */
  filenameChars: 200,
  /** First bytes looked at to tell a file's type. Stops archives crafted to make the sniffer walk. */
  sniffBytes: 64 * 1024,
  /** Warnings of one email. */
  warnings: 50,
} as const;

/** A limit of `LIMITS` was passed. The message names the limit and never quotes content. */
export class LimitExceeded extends Error {
  override readonly name = "LimitExceeded";
  readonly limit: keyof typeof LIMITS;
  constructor(limit: keyof typeof LIMITS) {
    super(`limits.${limit} (${LIMITS[limit]}) is exceeded: send the content as a link, or in several emails`);
    this.limit = limit;
  }
}
