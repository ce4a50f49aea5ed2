/** Names of the record headers of docs/concepts/protocol.md, section 2; values are UTF-8 text. */
export const HEADER = {
  tenant: "inlet-tenant",
  eventId: "inlet-event-id",
  lane: "inlet-lane",
  /** `RawEvent/1` */
  schema: "inlet-schema",
  emailKey: "inlet-email-key",
  /** Epoch ms. */
  parsedAt: "inlet-parsed-at",
  pass: "inlet-pass",
  traceparent: "traceparent",
  tracestate: "tracestate",
} as const;

/** Prefix of what a dead letter says about itself. */
export const DLQ_HEADER = {
  topic: "x-dlq-original-topic",
  partition: "x-dlq-original-partition",
  offset: "x-dlq-original-offset",
  timestamp: "x-dlq-original-timestamp",
  service: "x-dlq-service",
  step: "x-dlq-step",
  errorClass: "x-dlq-error-class",
  message: "x-dlq-error-message",
  stack: "x-dlq-error-stack",
  attempts: "x-dlq-attempts",
  firstFailure: "x-dlq-first-failure",
  tenant: "x-dlq-tenant",
  /** Whose row it ended: for a record that names no event, or another's, `<topic>/<partition>/<offset>` of tenant `unknown`. */
  eventId: "x-dlq-event-id",
  schemaId: "x-dlq-schema-id",
  traceId: "x-dlq-trace-id",
} as const;
