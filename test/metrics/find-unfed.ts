import { METRICS, type MetricSpec } from "@inlet/telemetry";

/** Shown on real parts alone, by the named suite. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "inlet_alerts_total code=crm_account_changed": "test/pipeline/changed-crm.integration.test.ts",
};

/** What the list of metrics promises and no test made it say: metrics, and values of their closed labels. */
export function findUnfed(
  seen: ReadonlySet<string>,
  specs: readonly MetricSpec[] = Object.values(METRICS),
  elsewhere: Readonly<Record<string, string>> = ELSEWHERE,
): string[] {
  const declared = specs.flatMap(({ name, values = {} }) => [
    name,
    ...Object.entries(values).flatMap(([label, each]) => each.map((value) => `${name} ${label}=${value}`)),
  ]);
  return declared.filter((each) => !seen.has(each) && !(each in elsewhere));
}
