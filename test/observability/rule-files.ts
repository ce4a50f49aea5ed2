import { ALERTS, RECORDINGS } from "./alerts/index.ts";
import type { Alert } from "./alerts/alert.ts";

export const RULES_PATH = "deploy/observability/alerts/inlet.rules.yml";
export const RULE_TESTS_PATH = "deploy/observability/alerts/inlet.rules.test.yml";

/** The rules as Prometheus loads them. */
export function buildRules(): object {
  return {
    groups: [
      { name: "inlet-recordings", interval: "1m", rules: RECORDINGS },
      ...Object.entries(ALERTS).map(([name, alerts]) => ({
        name,
        rules: alerts.map((alert) => ({
          alert: alert.name,
          expr: alert.expr,
          ...(alert.for === undefined ? {} : { for: alert.for }),
          labels: { severity: alert.severity, ...alert.labels },
          annotations: getAnnotations(alert),
        })),
      })),
    ],
  };
}

/** The proofs as `promtool test rules` reads them: two for each alert. */
export function buildRuleTests(): object {
  return {
    rule_files: ["inlet.rules.yml"],
    evaluation_interval: "1m",
    tests: Object.values(ALERTS)
      .flat()
      .flatMap((alert) => [buildTest(alert, "fires"), buildTest(alert, "silent")]),
  };
}

function buildTest(alert: Alert, what: "fires" | "silent"): object {
  const { series, at } = alert[what];
  const labels = alert.fires.labels ?? {};
  const rendered = (text: string): string =>
    text.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? `no label ${label}`);
  const annotations = getAnnotations(alert);
  return {
    name: `${alert.name} ${what}`,
    interval: "1m",
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [
      {
        eval_time: at,
        alertname: alert.name,
        exp_alerts:
          what === "silent"
            ? []
            : [
                {
                  exp_labels: { severity: alert.severity, ...alert.labels, ...labels },
                  exp_annotations: { ...annotations, summary: rendered(annotations.summary) },
                },
              ],
      },
    ],
  };
}

function getAnnotations({ summary, runbook }: Alert): { summary: string; runbook_url: string } {
  return { summary, runbook_url: `docs/runbooks/${runbook}.md` };
}
