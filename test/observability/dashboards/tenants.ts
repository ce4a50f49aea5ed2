import { drawLines, listValues, quantiles, type Page } from "./panels.ts";

const OF = '{tenant=~"$tenant"}';

export const TENANTS: Page = {
  uid: "inlet-tenants",
  title: "Inlet: tenants and CRMs",
  says: "What each tenant gets, what waits and why, and how its CRM answers. Runbook: docs/runbooks/crm-outage.md.",
  narrowedBy: ["tenant", "inlet_outcomes_total"],
  rows: {
    Mail: [
      drawLines(
        "Emails by state",
        [[`sum by (tenant, state) (rate(inlet_outcomes_total${OF}[$__rate_interval]))`, "{{tenant}} {{state}}"]],
        { unit: "reqps" },
      ),
      drawLines("Suppressed and dead-lettered, by reason", [
        [
          `sum by (reason) (increase(inlet_outcomes_total{tenant=~"$tenant",state!="written"}[$__rate_interval]))`,
          "{{reason}}",
        ],
      ]),
      drawLines("By class of mail", [
        [`sum by (class) (increase(inlet_parsed_total${OF}[$__rate_interval]))`, "{{class}}"],
      ]),
      drawLines("Content and spam", [
        [`sum by (content) (increase(inlet_bodies_total${OF}[$__rate_interval]))`, "body: {{content}}"],
        [`sum by (verdict) (increase(inlet_spam_verdicts_total${OF}[$__rate_interval]))`, "spam filter: {{verdict}}"],
      ]),
      drawLines("Attachments by verdict", [
        [`sum by (verdict) (increase(inlet_attachments_total${OF}[$__rate_interval]))`, "{{verdict}}"],
      ]),
      drawLines("Size of attachments", quantiles("inlet_attachment_bytes", "tenant"), { unit: "bytes" }),
    ],
    Waiting: [
      listValues("Waiting now", `sum by (tenant, kind, reason) (inlet_waiting${OF}) > 0`),
      listValues("Oldest waiting", `max by (tenant, reason) (inlet_oldest_waiting_seconds${OF}) > 0`, { unit: "s" }),
      drawLines("Circuits (2: open)", [[`max by (tenant, crm) (inlet_circuit_state${OF})`, "{{tenant}} {{crm}}"]]),
      drawLines("Attempts used up", [
        [`sum by (tenant, stage) (increase(inlet_retries_total${OF}[$__rate_interval]))`, "{{tenant}} {{stage}}"],
      ]),
      drawLines("Notices of rules", [
        [`sum by (tenant, result) (increase(inlet_notices_total${OF}[$__rate_interval]))`, "{{tenant}} {{result}}"],
      ]),
    ],
    CRMs: [
      drawLines(
        "Calls by outcome",
        [["sum by (crm, outcome) (rate(inlet_crm_calls_total[$__rate_interval]))", "{{crm}} {{outcome}}"]],
        { unit: "reqps" },
      ),
      drawLines("Duration of calls", quantiles("inlet_crm_call_seconds", "crm"), { unit: "s", exemplars: true }),
      listValues(
        "Failed calls of the last hour",
        'sum by (crm, operation, outcome) (increase(inlet_crm_calls_total{outcome!="ok"}[1h])) > 0',
      ),
      drawLines("Refused for the rate limit", [
        ["sum by (crm) (increase(inlet_crm_rate_limits_total[$__rate_interval]))", "{{crm}}"],
      ]),
      drawLines(
        "Effects by result",
        [
          [
            "sum by (crm, effect, result) (rate(inlet_effects_total[$__rate_interval]))",
            "{{crm}} {{effect}} {{result}}",
          ],
        ],
        { unit: "reqps" },
      ),
      drawLines("Emails that went in one call", quantiles("inlet_crm_batch_rows", "method")),
    ],
  },
};
