import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { parse } from "yaml";
import { ROOT } from "../architecture/repository.ts";
import { ALERTS, RECORDINGS } from "./alerts/index.ts";
import { findFaults } from "./promql.ts";
import { buildRules, buildRuleTests, RULE_TESTS_PATH, RULES_PATH } from "./rule-files.ts";

interface RuleTests {
  tests: { name: string; alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
}

const alerts = Object.values(ALERTS).flat();
const read = (path: string): string => readFileSync(`${ROOT}${path}`, "utf8");
const PROMTOOL = ["/usr/bin/promtool", ...(process.env["PROMTOOL"] ?? "").split(":")].find(
  (path) => path !== "" && existsSync(path),
);

describe("the alerts", () => {
  it("are in the files that Prometheus loads, with their proofs (npm run docs)", () => {
    expect(parse(read(RULES_PATH))).toEqual(JSON.parse(JSON.stringify(buildRules())));
    expect(parse(read(RULE_TESTS_PATH))).toEqual(JSON.parse(JSON.stringify(buildRuleTests())));
  });

  it("have each a test in which it fires and one in which it is silent, and a name of its own", () => {
    const { tests } = parse(read(RULE_TESTS_PATH)) as RuleTests;
    expect(new Set(alerts.map(({ name }) => name)).size).toBe(alerts.length);
    for (const { name } of alerts) {
      const own = tests.flatMap((each) => each.alert_rule_test).filter(({ alertname }) => alertname === name);
      expect(
        own
          .map(({ exp_alerts }) => (exp_alerts.length > 0 ? "fires" : "silent"))
          .toSorted((a, b) => a.localeCompare(b)),
        name,
      ).toEqual(["fires", "silent"]);
    }
  });

  it.each(alerts.map((alert) => [alert.name, alert] as const))(
    "%s asks for what there is, and has a runbook that knows it",
    (name, alert) => {
      expect(findFaults(alert.expr)).toEqual([]);
      const runbook = read(`docs/runbooks/${alert.runbook}.md`);
      expect(/\{\{(?! \$labels\.\w+ \}\})/.test(alert.summary)).toBe(false);
      // The pages that are for alerts alone name them.
      if (runbook.includes("**You see**"))
        expect(
          runbook.includes(name) || runbook.includes(`${name.replace(/(Fast|Slow)$/, "")}…`),
          `${alert.runbook}.md names ${name}`,
        ).toBe(true);
    },
  );

  it.each(RECORDINGS)("$record is made of what there is", ({ expr }) => expect(findFaults(expr)).toEqual([]));
});

test("planted: expressions of metrics, labels and values that there are not", () => {
  expect(findFaults("sum(rate(inlet_gone_total[5m])")).toHaveLength(2);
  expect(findFaults('inlet_parsed_total{outcome="lost"}')).toEqual(["inlet_parsed_total is never outcome=lost"]);
  expect(findFaults('sum by (lane) (inlet_waiting{color="red"})')).toEqual([
    "inlet_waiting has no label color",
    "groups by lane, which no metric of it has",
  ]);
  expect(findFaults("inlet_parse_seconds")).toEqual([
    "inlet_parse_seconds is a histogram: _bucket, _sum or _count of it",
  ]);
  expect(findFaults("inlet:lost:rate5m")).toEqual(["inlet:lost:rate5m is recorded nowhere"]);
});

describe.skipIf(PROMTOOL === undefined)("promtool (Debian's prometheus)", () => {
  it("finds the rules well, each alert firing where it should and silent where it should", { timeout: 180_000 }, () => {
    const run = (...args: string[]) => spawnSync(PROMTOOL as string, args, { cwd: ROOT, encoding: "utf8" });
    const check = run("check", "rules", RULES_PATH);
    expect(check.status, check.stdout + check.stderr).toBe(0);
    const tested = run("test", "rules", RULE_TESTS_PATH);
    expect(tested.status, tested.stdout + tested.stderr).toBe(0);
  });
});
