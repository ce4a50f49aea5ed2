/** Seconds for `Retry-After` on a 503: 5 to 10, spread so that senders do not come back all at once. */
export function retryAfterSeconds(spread: number = Math.random()): number {
  return 5 + Math.floor(spread * 6);
}
