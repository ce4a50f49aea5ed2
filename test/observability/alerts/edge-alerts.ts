import { alertOnCode, type Alert } from "./alert.ts";

/** Between Inlet and the tenants' CRMs. */
export const CRM: readonly Alert[] = [
  {
    name: "InletCircuitOpen",
    severity: "warning",
    expr: "max by (tenant, crm) (inlet_circuit_state) == 2",
    for: "5m",
    summary: "The circuit of {{ $labels.tenant }} to {{ $labels.crm }} is open: its mail waits.",
    runbook: "crm-outage",
    fires: {
      series: { 'inlet_circuit_state{tenant="acme",crm="hubspot"}': "2x20" },
      labels: { tenant: "acme", crm: "hubspot" },
      at: "10m",
    },
    silent: { series: { 'inlet_circuit_state{tenant="acme",crm="hubspot"}': "2x3 0x20" }, at: "10m" },
  },
  alertOnCode("oauth:invalid_grant|oauth:invalid_client|oauth:refused|oauth:endpoint", {
    name: "InletCrmTokenRefused",
    severity: "critical",
    summary: "A CRM's token endpoint refuses Inlet for good ({{ $labels.code }}): a person has to authorize it again.",
    runbook: "crm-outage",
  }),
  alertOnCode("crm_account_changed", {
    name: "InletCrmAccountChanged",
    severity: "critical",
    window: "1h",
    summary: "A tenant's token leads to another CRM account than its mail was written to: its mail waits.",
    runbook: "configuration-broken",
  }),
  {
    name: "InletCrmRateLimited",
    severity: "warning",
    expr: "sum by (crm) (rate(inlet_crm_rate_limits_total[10m])) > 0.1",
    for: "10m",
    summary: "{{ $labels.crm }} refuses more than a call in ten seconds for its rate limit.",
    runbook: "crm-outage",
    fires: {
      series: { 'inlet_crm_rate_limits_total{crm="hubspot",operation="hubspot POST /x"}': "0+30x40" },
      labels: { crm: "hubspot" },
      at: "30m",
    },
    silent: {
      series: { 'inlet_crm_rate_limits_total{crm="hubspot",operation="hubspot POST /x"}': "0+5x40" },
      at: "30m",
    },
  },
  alertOnCode("notice_given_up", {
    name: "InletNoticeGivenUp",
    severity: "warning",
    summary: "A rule's notice could not be delivered for a day, or its receiver wants no more.",
    runbook: "configuration-broken",
  }),
];

/** Between senders and the gateway. */
export const GATEWAY: readonly Alert[] = [
  {
    name: "InletRefusesMail",
    severity: "critical",
    expr: 'sum by (code) (rate(inlet_ingest_requests_total{code=~"500|503|451"}[5m])) > 0',
    for: "2m",
    summary: "The gateway answers {{ $labels.code }}: mail stays at the senders, who try again for a while.",
    runbook: "kafka-disk-full",
    fires: { series: requests("503", "0+3x30"), labels: { code: "503" }, at: "10m" },
    silent: { series: requests("401", "0+3x30"), at: "10m" },
  },
  {
    name: "InletWrongSecret",
    severity: "critical",
    expr: `sum by (tenant, source) (rate(inlet_signature_failures_total{tenant!="unknown"}[10m]))
  / sum by (tenant, source) (rate(inlet_ingest_requests_total[10m])) > 0.5`,
    for: "5m",
    summary: "Most of what reaches {{ $labels.source }} of {{ $labels.tenant }} is not signed with its secret.",
    runbook: "wrong-secret",
    fires: {
      series: { ...requests("401", "0+6x30"), ...requests("202", "0+2x30"), ...failures("0+6x30") },
      labels: { tenant: "acme", source: "json" },
      at: "20m",
    },
    silent: {
      series: { ...requests("401", "0+2x30"), ...requests("202", "0+6x30"), ...failures("0+2x30") },
      at: "20m",
    },
  },
  {
    name: "InletSignatureFailures",
    severity: "warning",
    expr: "sum by (tenant, source, reason) (increase(inlet_signature_failures_total[10m])) > 20",
    summary: "Posts to {{ $labels.source }} of {{ $labels.tenant }} fail verification: {{ $labels.reason }}.",
    runbook: "wrong-secret",
    fires: {
      series: failures("0+6x30"),
      labels: { tenant: "acme", source: "json", reason: "mismatch" },
      at: "20m",
    },
    silent: { series: failures("0+1x30"), at: "20m" },
  },
  alertOnCode("lane_without_topics|lane_without_consumers", {
    name: "InletLaneNotServed",
    severity: "critical",
    window: "1h",
    summary: "A lane has no topics, or no service reads it ({{ $labels.code }}).",
    runbook: "move-a-lane",
  }),
  alertOnCode("tenant_file_broken|certificate_broken|recipient_ambiguous|demo_secrets", {
    name: "InletConfigurationBroken",
    severity: "warning",
    window: "1h",
    summary: "A file of the installation is wrong ({{ $labels.code }}); what was good before stays in force.",
    runbook: "configuration-broken",
  }),
];

/** The processes themselves. */
export const PLATFORM: readonly Alert[] = [
  ...(["ingest-gateway", "parser", "crm-sink", "console"] as const).map((service): Alert => {
    const title = service
      .split("-")
      .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
      .join("");
    return {
      name: `Inlet${title}Down`,
      severity: service === "console" ? "warning" : "critical",
      expr: `absent(up{job="${service}"} == 1)`,
      for: "3m",
      summary: `No instance of ${service} answers.`,
      runbook: "service-down",
      fires: { series: { [`up{job="${service}",instance="a"}`]: "0x20", 'up{job="another"}': "1x20" }, at: "10m" },
      silent: {
        series: { [`up{job="${service}",instance="a"}`]: "0x20", [`up{job="${service}",instance="b"}`]: "1x20" },
        at: "10m",
      },
    };
  }),
  alertOnCode("unexpected_error|unreadable_record", {
    name: "InletUnexpectedErrors",
    severity: "warning",
    summary: "A service met what it does not know ({{ $labels.code }}); its log has the line.",
    runbook: "incident",
  }),
  alertOnCode("infrastructure_away", {
    name: "InletInfrastructureAway",
    severity: "warning",
    summary: "A service cannot reach Kafka, the ledger, the registry or the blob store.",
    runbook: "dependency-away",
  }),
  alertOnCode("scanner_away", {
    name: "InletScannerAway",
    severity: "warning",
    summary: "The malware scanner is away: mail with files waits, or passes unscanned, as its tenant's file says.",
    runbook: "dependency-away",
  }),
  {
    name: "InletAuditHeadStale",
    severity: "warning",
    expr: "time() - max(inlet_audit_noted_timestamp_seconds) > 7200",
    for: "5m",
    summary: "The heads of the audit chains were not noted for two hours.",
    runbook: "audit-chain",
    fires: { series: { 'inlet_audit_noted_timestamp_seconds{job="console"}': "0x180" }, at: "140m" },
    silent: { series: { 'inlet_audit_noted_timestamp_seconds{job="console"}': "0+60x180" }, at: "140m" },
  },
  {
    name: "InletAuditShrank",
    severity: "critical",
    expr: "max by (tenant) (inlet_audit_entries) < max by (tenant) (max_over_time(inlet_audit_entries[1d]))",
    summary: "The audit chain of {{ $labels.tenant }} is shorter than it was.",
    runbook: "audit-chain",
    fires: { series: { 'inlet_audit_entries{tenant="acme"}': "12x5 9x20" }, labels: { tenant: "acme" }, at: "10m" },
    silent: { series: { 'inlet_audit_entries{tenant="acme"}': "12x5 14x20" }, at: "10m" },
  },
  {
    name: "InletProcessRestarts",
    severity: "warning",
    expr: 'changes(process_start_time_seconds{job=~"ingest-gateway|parser|crm-sink|console"}[30m]) > 3',
    summary: "{{ $labels.job }} was started more than three times in half an hour.",
    runbook: "service-down",
    fires: {
      series: { 'process_start_time_seconds{job="parser",instance="a"}': "0 60 120 180 240x20" },
      labels: { job: "parser", instance: "a" },
      at: "10m",
    },
    silent: { series: { 'process_start_time_seconds{job="parser",instance="a"}': "0x5 300x20" }, at: "10m" },
  },
];

function requests(code: string, values: string) {
  return { [`inlet_ingest_requests_total{tenant="acme",source="json",code="${code}"}`]: values };
}

function failures(values: string) {
  return { 'inlet_signature_failures_total{tenant="acme",source="json",reason="mismatch"}': values };
}
