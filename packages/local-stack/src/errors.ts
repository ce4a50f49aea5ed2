/** Something about this machine keeps the local stack from running; the message says what, and what to do about it. */
export class LocalStackError extends Error {
  override readonly name = "LocalStackError";
}
