import { drawLines, quantiles, type Page } from "./panels.ts";

export const GATEWAY: Page = {
  uid: "inlet-gateway",
  title: "Inlet: gateway and parser",
  says: "What senders post, how they are answered, and how long an email takes to parse. Runbooks: docs/runbooks/kafka-disk-full.md, docs/runbooks/wrong-secret.md.",
  rows: {
    Answers: [
      drawLines(
        "Answers by code",
        [["sum by (code) (rate(inlet_ingest_requests_total[$__rate_interval]))", "{{code}}"]],
        { unit: "reqps" },
      ),
      drawLines(
        "Answers by source",
        [["sum by (tenant, source) (rate(inlet_ingest_requests_total[$__rate_interval]))", "{{tenant}} {{source}}"]],
        { unit: "reqps" },
      ),
      drawLines("Time to the answer", quantiles("inlet_ingest_seconds", ""), { unit: "s", exemplars: true }),
      drawLines("Size of accepted bodies", quantiles("inlet_ingest_bytes", ""), { unit: "bytes" }),
      drawLines("Not verified, by reason", [
        [
          "sum by (tenant, source, reason) (increase(inlet_signature_failures_total[$__rate_interval]))",
          "{{tenant}} {{source}}: {{reason}}",
        ],
      ]),
      drawLines("Repetitions", [
        [
          "sum by (tenant, source) (increase(inlet_ingest_duplicates_total[$__rate_interval]))",
          "{{tenant}} {{source}}",
        ],
      ]),
    ],
    Parsing: [
      drawLines("Time to parse", quantiles("inlet_parse_seconds", ""), { unit: "s", exemplars: true }),
      drawLines(
        "Deliveries by outcome",
        [["sum by (outcome) (rate(inlet_parsed_total[$__rate_interval]))", "{{outcome}}"]],
        { unit: "reqps" },
      ),
      drawLines("SPF, DKIM, DMARC (by SMTP)", [
        ["sum by (check, result) (increase(inlet_sender_checks_total[$__rate_interval]))", "{{check}}: {{result}}"],
      ]),
    ],
  },
};
