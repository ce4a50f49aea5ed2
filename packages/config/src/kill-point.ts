/**
 * Failure tests kill a real process at a named point: `INLET_TEST_KILL_AT=after-call:activity` ends it with SIGKILL the first time the
 * point is reached, so that nothing can be tidied up. Unset, as in production, a point costs one comparison.
 */
export function killPoint(env: Readonly<Record<string, string | undefined>>): (point: string) => void {
  const at = env["INLET_TEST_KILL_AT"];
  if (at === undefined || at === "") return () => {};
  return (point) => {
    if (point === at) process.kill(process.pid, "SIGKILL");
  };
}
