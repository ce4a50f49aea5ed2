/** Closed sets of label values. */

export const SERVICES = ["ingest-gateway", "parser", "crm-sink"] as const;
export const CONSUMERS = ["parser", "crm-sink"] as const;
export const STAGES = ["parse", "deliver"] as const;
export const STATES = ["written", "suppressed", "dead_lettered"] as const;

export type ConsumingService = (typeof CONSUMERS)[number];

/** Every code of `inlet_alerts_total`. */
export const ALERT_CODES = [
  "certificate_broken",
  "crm_account_changed",
  "demo_secrets",
  "infrastructure_away",
  "lane_without_consumers",
  "lane_without_topics",
  "notice_given_up",
  "oauth:endpoint",
  "oauth:invalid_client",
  "oauth:invalid_grant",
  "oauth:refused",
  "offset_out_of_range",
  "recipient_ambiguous",
  "scanner_away",
  "signature_failures",
  "stalled_delivery",
  "tenant_file_broken",
  "unexpected_error",
  "unread_near_retention",
  "unreadable_record",
  "waiting_record_gone",
] as const;

export type AlertCode = (typeof ALERT_CODES)[number];
