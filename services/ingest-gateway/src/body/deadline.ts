import { withTimeout } from "@inlet/resilience";

/** The work took longer than it may. It goes on by itself; its result no longer matters to the caller. */
export class DeadlineExceededError extends Error {
  override readonly name = "DeadlineExceededError";
}

/** The work's result, or {@link DeadlineExceededError} after `ms`. */
export async function withDeadline<T>(ms: number, work: Promise<T>): Promise<T> {
  return withTimeout(ms, work, () => {
    throw new DeadlineExceededError(`not done within ${ms} ms`);
  });
}
