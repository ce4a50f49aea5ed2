import { drawLines, listValues, quantiles, showNumber, type Page } from "./panels.ts";

export const OVERVIEW: Page = {
  uid: "inlet-overview",
  title: "Inlet: overview",
  says: "Is anything lost, does mail come in, go through and out, and are the promises kept. Runbook: docs/runbooks/incident.md.",
  rows: {
    Promises: [
      showNumber("Lost", "max(inlet_lost)", {
        says: "Emails that are neither ended nor on their way: 0 is the promise.",
      }),
      showNumber("Availability, 1 h", "1 - inlet:availability_errors:ratio_rate1h", {
        unit: "percentunit",
        says: "Objective: 99.9 % over 30 days.",
      }),
      showNumber("Written within 60 s, 1 h", "1 - inlet:timeliness_errors:ratio_rate1h", {
        unit: "percentunit",
        says: "Objective: 99 % over 30 days.",
      }),
      showNumber("Dead letters", 'max(inlet_deliveries{state="dead_lettered"})', {
        says: "That were neither replayed nor discarded.",
      }),
      drawLines(
        "Error budget burnt, times the pace of 30 days",
        [
          ["inlet:availability_errors:ratio_rate1h / 0.001", "availability, 1 h"],
          ["inlet:timeliness_errors:ratio_rate1h / 0.01", "timeliness, 1 h"],
          ["inlet:availability_errors:ratio_rate6h / 0.001", "availability, 6 h"],
          ["inlet:timeliness_errors:ratio_rate6h / 0.01", "timeliness, 6 h"],
        ],
        { says: "14.4 for an hour, or 6 for six, is a page." },
      ),
      drawLines("From acceptance to the end", quantiles("inlet_end_to_end_seconds", "state"), {
        unit: "s",
        exemplars: true,
      }),
    ],
    Flow: [
      drawLines(
        "In: answers by code",
        [["sum by (code) (rate(inlet_ingest_requests_total[$__rate_interval]))", "{{code}}"]],
        { unit: "reqps" },
      ),
      drawLines(
        "Out: emails by state",
        [["sum by (state) (rate(inlet_outcomes_total[$__rate_interval]))", "{{state}}"]],
        { unit: "reqps" },
      ),
      drawLines("Unread records by group", [["sum by (group) (inlet_consumer_lag)", "{{group}}"]]),
      drawLines("Oldest unread record", [["max by (group) (inlet_oldest_unread_seconds)", "{{group}}"]], { unit: "s" }),
      drawLines("Waiting, by why", [["sum by (reason) (inlet_waiting)", "{{reason}}"]]),
      drawLines("Dead letters arriving", [
        ["sum by (service, reason) (increase(inlet_dead_letters_total[$__rate_interval]))", "{{service}} {{reason}}"],
      ]),
    ],
    "What an operator must see": [
      listValues("Alerts of the last hour, by code", "sum by (code) (increase(inlet_alerts_total[1h])) > 0"),
      drawLines("Standing still", [
        ["max by (service, dependency) (inlet_consumer_paused)", "{{service}}: {{dependency}}"],
      ]),
      drawLines(
        "Memory",
        [['process_resident_memory_bytes{job=~"ingest-gateway|parser|crm-sink|console"}', "{{job}} {{instance}}"]],
        { unit: "bytes" },
      ),
      drawLines("Event loop, p99", [["nodejs_eventloop_lag_p99_seconds", "{{job}} {{instance}}"]], { unit: "s" }),
    ],
  },
};
