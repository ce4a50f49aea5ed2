/** What failure tests change in a process; in production nothing. */
export interface FailureTest {
  /** Ends the process with SIGKILL the first time the named point is reached, so that nothing can be tidied up. */
  readonly failpoint: (point: string) => void;
  /** A shorter consumer session, ms, so that a killed process's partitions are taken over sooner. */
  readonly session: { readonly sessionTimeoutMs?: number };
}

/**
 * Reads `INLET_TEST_KILL_AT` (a point such as `after-call:activity`) and `INLET_TEST_SESSION_MS`. Both unset, as in production, a point
 * costs one call of an empty function.
 */
export function failureTest(env: Readonly<Record<string, string | undefined>>): FailureTest {
  const at = env["INLET_TEST_KILL_AT"] ?? "";
  const sessionMs = Number(env["INLET_TEST_SESSION_MS"] ?? "");
  return {
    failpoint: at === "" ? () => {} : (point) => void (point === at && process.kill(process.pid, "SIGKILL")),
    session: sessionMs > 0 ? { sessionTimeoutMs: sessionMs } : {},
  };
}
