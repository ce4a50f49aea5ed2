import { drawLines, listValues, quantiles, showNumber, type Page } from "./panels.ts";

export const LOGS_AND_LEDGER: Page = {
  uid: "inlet-logs-and-ledger",
  title: "Inlet: Kafka and ledger",
  says: "How far each group is, what retention will take, what the ledger holds, and whether all of it adds up. Runbooks: docs/runbooks/mail-is-late.md, docs/runbooks/reconcile.md.",
  rows: {
    Kafka: [
      drawLines(
        "Published",
        [["sum by (service, topic) (rate(inlet_events_published_total[$__rate_interval]))", "{{service}} {{topic}}"]],
        { unit: "reqps" },
      ),
      drawLines("Time until acknowledged", quantiles("inlet_publish_seconds", "service"), { unit: "s" }),
      drawLines("Unread by partition", [
        ["max by (group, topic, partition) (inlet_consumer_lag)", "{{group}} {{topic}}/{{partition}}"],
      ]),
      drawLines(
        "Share of retention that the oldest unread record has lain",
        [
          [
            "max by (group, topic) (inlet_oldest_unread_seconds) / max by (group, topic) (inlet_topic_retention_seconds)",
            "{{group}} {{topic}}",
          ],
        ],
        { unit: "percentunit", says: "At 1 Kafka deletes it unread." },
      ),
      drawLines(
        "Records passed over",
        [["sum by (service, why) (rate(inlet_dropped_records_total[$__rate_interval]))", "{{service}} {{why}}"]],
        { unit: "reqps" },
      ),
    ],
    Ledger: [
      showNumber("Lost", "max(inlet_lost)"),
      showNumber("Since the last count", "time() - max(inlet_counted_timestamp_seconds)", { unit: "s" }),
      showNumber("Outcomes not in Kafka yet", "max(inlet_outbox_pending)"),
      showNumber("Since an audit head was noted", "time() - max(inlet_audit_noted_timestamp_seconds)", { unit: "s" }),
      listValues("Deliveries by state", "max by (state) (inlet_deliveries)"),
      listValues("Audit entries by tenant", "max by (tenant) (inlet_audit_entries)"),
    ],
    Retention: [
      drawLines("Deleted, by table and why", [
        ["sum by (sweep, table) (increase(inlet_swept_rows_total[$__rate_interval]))", "{{sweep}}: {{table}}"],
      ]),
      drawLines("Oldest delivery that is kept", [["max(inlet_oldest_delivery_seconds)", "age"]], { unit: "s" }),
    ],
  },
};
