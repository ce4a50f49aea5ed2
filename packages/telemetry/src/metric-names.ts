import { LIFECYCLE_METRICS } from "./lifecycle-metric-names.ts";

/** The closed table of Inlet's own metrics: names, labels and meaning. docs/reference/metrics.md is made from it, and a test compares them. */

import { ALERT_CODES, CONSUMERS, SERVICES, STAGES, STATES } from "./label-values.ts";

export interface MetricSpec {
  readonly kind: "counter" | "histogram" | "gauge";
  /** Prometheus name: base units, `_total` for counters. */
  readonly name: string;
  readonly help: string;
  /** Closed and small sets only: never an address, an event id or a subject. */
  readonly labels: readonly string[];
  /** Every value of the labels that are closed here: another does not compile, and each must be emitted by a unit test (test/metrics). */
  readonly values?: Readonly<Record<string, readonly string[]>>;
  /** Upper bounds of a histogram, in the unit of the name. */
  readonly buckets?: readonly number[];
  /** Each bucket keeps the trace of its last sampled observation, for OpenMetrics. */
  readonly exemplars?: true;
}

const FAST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
const SLOW_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 86_400] as const;
const BYTES = [1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 33_554_432] as const;

export const METRICS = {
  ingestRequests: {
    kind: "counter",
    name: "inlet_ingest_requests_total",
    help: "Requests and messages that the gateway answered, by status code (HTTP or SMTP). An unknown tenant or source is counted as `unknown`.",
    labels: ["tenant", "source", "code"],
  },
  ingestSeconds: {
    kind: "histogram",
    name: "inlet_ingest_seconds",
    help: "Time from a request's first byte to its answer.",
    labels: ["tenant", "source"],
    buckets: FAST_SECONDS,
    exemplars: true,
  },
  ingestBytes: {
    kind: "histogram",
    name: "inlet_ingest_bytes",
    help: "Size of accepted bodies.",
    labels: ["tenant", "source"],
    buckets: BYTES,
  },
  ingestDuplicates: {
    kind: "counter",
    name: "inlet_ingest_duplicates_total",
    help: "Deliveries answered with `duplicate: true`.",
    labels: ["tenant", "source"],
  },
  signatureFailures: {
    kind: "counter",
    name: "inlet_signature_failures_total",
    help: "Requests and recipients refused for signature, timestamp, credentials or network, by reason.",
    labels: ["tenant", "source", "reason"],
    values: { reason: ["missing", "malformed", "stale", "future", "mismatch", "reused", "address"] },
  },
  eventsPublished: {
    kind: "counter",
    name: "inlet_events_published_total",
    help: "Records that Kafka acknowledged (acks=all), by base topic.",
    labels: ["service", "topic"],
    values: { service: SERVICES },
  },
  publishSeconds: {
    kind: "histogram",
    name: "inlet_publish_seconds",
    help: "Time from handing a record to its producer lane to Kafka's acknowledgement.",
    labels: ["service", "topic"],
    values: { service: SERVICES },
    buckets: FAST_SECONDS,
  },
  parsed: {
    kind: "counter",
    name: "inlet_parsed_total",
    help: "Deliveries that the parser ended, by class of mail (empty where it was not parsed) and outcome (ok, suppressed, dead_lettered, retry).",
    labels: ["tenant", "class", "outcome"],
    values: { outcome: ["ok", "suppressed", "dead_lettered", "retry"] },
  },
  parseSeconds: {
    kind: "histogram",
    name: "inlet_parse_seconds",
    help: "Time to parse one email, without Kafka, ledger and blob store.",
    labels: [],
    buckets: FAST_SECONDS,
    exemplars: true,
  },
  senderChecks: {
    kind: "counter",
    name: "inlet_sender_checks_total",
    help: "SPF, DKIM and DMARC of email that came by SMTP or LMTP, by result (`unknown`: the client is not known).",
    labels: ["check", "result"],
    values: { check: ["spf", "dkim", "dmarc"] },
  },
  attachmentBytes: {
    kind: "histogram",
    name: "inlet_attachment_bytes",
    help: "Size of attachments found.",
    labels: ["tenant"],
    buckets: BYTES,
  },
  attachments: {
    kind: "counter",
    name: "inlet_attachments_total",
    help: "Attachments judged, by verdict (clean, unscanned, refused, infected, unavailable).",
    labels: ["tenant", "verdict"],
    values: { verdict: ["clean", "unscanned", "refused", "infected", "unavailable"] },
  },
  bodies: {
    kind: "counter",
    name: "inlet_bodies_total",
    help: "Emails parsed, by what their body came as (text, html, both, none).",
    labels: ["tenant", "content"],
    values: { content: ["text", "html", "both", "none"] },
  },
  spamVerdicts: {
    kind: "counter",
    name: "inlet_spam_verdicts_total",
    help: "Emails parsed, by what a spam filter before Inlet said of them (ham, spam, none).",
    labels: ["tenant", "verdict"],
    values: { verdict: ["ham", "spam", "none"] },
  },
  outcomes: {
    kind: "counter",
    name: "inlet_outcomes_total",
    help: "Deliveries that reached an end: state written, suppressed or dead_lettered, with the reason (empty for written).",
    labels: ["tenant", "state", "reason"],
    values: { state: STATES },
  },
  endToEndSeconds: {
    kind: "histogram",
    name: "inlet_end_to_end_seconds",
    help: "Time from acceptance at the gateway to the final state, waiting included.",
    labels: ["tenant", "state"],
    values: { state: STATES },
    buckets: SLOW_SECONDS,
    exemplars: true,
  },
  retries: {
    kind: "counter",
    name: "inlet_retries_total",
    help: "Attempts used up by passing faults of a record, by stage.",
    labels: ["tenant", "stage"],
    values: { stage: STAGES },
  },
  notices: {
    kind: "counter",
    name: "inlet_notices_total",
    help: "Attempts to deliver the notices of rules, by result (sent, later, given_up).",
    labels: ["tenant", "result"],
    values: { result: ["sent", "later", "given_up"] },
  },
  crmCalls: {
    kind: "counter",
    name: "inlet_crm_calls_total",
    help: "Calls to a CRM, by operation and outcome (ok, unknown, or the error class).",
    labels: ["crm", "operation", "outcome"],
    values: { outcome: ["ok", "unknown", "outage", "record-passing", "record-permanent"] },
  },
  crmCallSeconds: {
    kind: "histogram",
    name: "inlet_crm_call_seconds",
    help: "Duration of calls to a CRM.",
    labels: ["crm", "operation"],
    buckets: FAST_SECONDS,
    exemplars: true,
  },
  crmRateLimits: {
    kind: "counter",
    name: "inlet_crm_rate_limits_total",
    help: "Calls that a CRM refused for its rate limit (status 429).",
    labels: ["crm", "operation"],
  },
  crmBatchRows: {
    kind: "histogram",
    name: "inlet_crm_batch_rows",
    help: "Emails whose calls of one method went to a CRM together, by method (only methods that the CRM takes many at a time).",
    labels: ["crm", "method"],
    buckets: [1, 2, 5, 10, 20, 50, 100],
  },
  effects: {
    kind: "counter",
    name: "inlet_effects_total",
    help: "Effects on a CRM, by result (confirmed, settled, failed).",
    labels: ["crm", "effect", "result"],
    values: { result: ["confirmed", "settled", "failed"] },
  },
  circuitState: {
    kind: "gauge",
    name: "inlet_circuit_state",
    help: "Circuit of a tenant's CRM: 0 closed, 2 open.",
    labels: ["tenant", "crm"],
  },
  waiting: {
    kind: "gauge",
    name: "inlet_waiting",
    help: "Deliveries waiting in the ledger, by kind (retry, parked, held), stage and why (circuit, quota, buffer, conversation, lane, crm, retry, slow, held, parse).",
    labels: ["tenant", "kind", "stage", "reason"],
    values: {
      kind: ["retry", "parked", "held"],
      stage: STAGES,
      reason: ["circuit", "quota", "buffer", "conversation", "lane", "crm", "retry", "slow", "held", "parse"],
    },
  },
  oldestWaitingSeconds: {
    kind: "gauge",
    name: "inlet_oldest_waiting_seconds",
    help: "Age of the delivery that waits longest, by tenant and why.",
    labels: ["tenant", "reason"],
  },
  droppedRecords: {
    kind: "counter",
    name: "inlet_dropped_records_total",
    help: "Kafka records passed over because the ledger already has the same or newer (already_ended, stale, already_waiting, replaced_waiting).",
    labels: ["service", "why"],
    values: { service: CONSUMERS, why: ["already_ended", "stale", "already_waiting", "replaced_waiting"] },
  },
  deadLetters: {
    kind: "counter",
    name: "inlet_dead_letters_total",
    help: "Records written to the dead letter topic, by service, step and reason.",
    labels: ["service", "step", "reason"],
    values: { service: CONSUMERS },
  },
  outboxPending: {
    kind: "gauge",
    name: "inlet_outbox_pending",
    help: "Outcomes in the ledger that Kafka has not acknowledged yet.",
    labels: [],
  },
  consumerPaused: {
    kind: "gauge",
    name: "inlet_consumer_paused",
    help: "1 while a service has paused all its partitions for a fault of its own infrastructure, by the dependency at fault.",
    labels: ["service", "dependency"],
    values: { service: CONSUMERS, dependency: ["ledger", "registry", "blobs", "kafka", "parser"] },
  },
  consumerLag: {
    kind: "gauge",
    name: "inlet_consumer_lag",
    help: "Records between the committed offset and the end of a partition, from the member of the group that reads it.",
    labels: ["group", "topic", "partition"],
  },
  oldestUnreadSeconds: {
    kind: "gauge",
    name: "inlet_oldest_unread_seconds",
    help: "Age of the first record of a partition that its group has not committed, 0 without one; from the member of the group that reads it.",
    labels: ["group", "topic", "partition"],
  },
  topicRetentionSeconds: {
    kind: "gauge",
    name: "inlet_topic_retention_seconds",
    help: "How long Kafka keeps what a group reads; an unread record that is as old is deleted.",
    labels: ["group", "topic"],
  },
  deliveries: {
    kind: "gauge",
    name: "inlet_deliveries",
    help: "Deliveries that the ledger knows, by state, as the console counted them last (written, suppressed, dead_lettered, discarded, in_flight).",
    labels: ["state"],
    values: { state: ["written", "suppressed", "dead_lettered", "discarded", "in_flight"] },
  },
  lost: {
    kind: "gauge",
    name: "inlet_lost",
    help: "Accepted emails that are neither ended nor on their way, and other findings of the reconciliation, as the console counted last; 0 is the promise.",
    labels: [],
  },
  countedTimestamp: {
    kind: "gauge",
    name: "inlet_counted_timestamp_seconds",
    help: "When the console last counted whether every email is accounted for (Unix time).",
    labels: [],
  },
  auditEntries: {
    kind: "gauge",
    name: "inlet_audit_entries",
    help: "Length of a tenant's audit chain when the console last noted its head in the log; it never shrinks.",
    labels: ["tenant"],
  },
  auditNotedTimestamp: {
    kind: "gauge",
    name: "inlet_audit_noted_timestamp_seconds",
    help: "When the console last noted the heads of the audit chains in its log (Unix time).",
    labels: [],
  },
  ...LIFECYCLE_METRICS,
  alerts: {
    kind: "counter",
    name: "inlet_alerts_total",
    help: "Things that an operator must see, by code; the log line with the same code has the detail.",
    labels: ["code"],
    values: { code: ALERT_CODES },
  },
} as const satisfies Record<string, MetricSpec>;

export type MetricKey = keyof typeof METRICS;
