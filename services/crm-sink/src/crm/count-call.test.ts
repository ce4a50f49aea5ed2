import type { CallReport } from "@inlet/crm";
import { metricsRegistry } from "@inlet/telemetry";
import { expect, test } from "vitest";
import { countCall } from "./count-call.ts";

async function read(name: string, labels: Record<string, string>): Promise<number> {
  const { values } = (await metricsRegistry.getSingleMetric(name)?.get()) ?? { values: [] };
  return values.find((each) => Object.entries(labels).every(([key, is]) => each.labels[key] === is))?.value ?? 0;
}

const operation = "hubspot POST /counted";
const call = { operation, status: 200, ms: 20, outcome: "ok", code: null, budgets: [] } satisfies CallReport;

test.each<[string, Partial<CallReport>, string, Record<string, string>]>([
  ["a call", {}, "inlet_crm_calls_total", { outcome: "ok" }],
  ["no answer", { status: null, outcome: "unknown", code: "x" }, "inlet_crm_calls_total", { outcome: "unknown" }],
  ["an outage", { status: 503, outcome: "outage", code: "x" }, "inlet_crm_calls_total", { outcome: "outage" }],
  ["a passing fault", { outcome: "record-passing" }, "inlet_crm_calls_total", { outcome: "record-passing" }],
  ["a refusal", { status: 400, outcome: "record-permanent" }, "inlet_crm_calls_total", { outcome: "record-permanent" }],
  ["a rate limit", { status: 429, outcome: "outage", code: "429" }, "inlet_crm_rate_limits_total", { operation }],
  ...["oauth:endpoint", "oauth:invalid_client", "oauth:invalid_grant", "oauth:refused"].map(
    (code): [string, Partial<CallReport>, string, Record<string, string>] => [
      `a token that is refused for good (${code})`,
      { status: 400, outcome: "outage", code },
      "inlet_alerts_total",
      { code },
    ],
  ),
])("%s shows in its counter", async (_, report, name, labels) => {
  const wanted = name === "inlet_alerts_total" ? labels : { crm: "hubspot", operation, ...labels };
  const before = await read(name, wanted);
  countCall("hubspot", { ...call, ...report });
  expect(await read(name, wanted)).toBe(before + 1);
});

test("a token endpoint that is busy is no alert: it comes back by itself", async () => {
  countCall("hubspot", { ...call, status: 503, outcome: "outage", code: "oauth:5xx" });
  expect(await read("inlet_alerts_total", { code: "oauth:5xx" })).toBe(0);
});
