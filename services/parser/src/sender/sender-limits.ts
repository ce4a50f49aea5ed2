/** What finding out about one sender may cost. */
export interface SenderLimits {
  /** All DNS questions of one email, ms. */
  readonly deadlineMs: number;
  /** DNS questions of one email. SPF's own limit is 10 (RFC 7208 4.6.4). */
  readonly lookups: number;
}
