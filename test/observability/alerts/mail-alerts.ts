import { alertOnCode, grew, type Alert } from "./alert.ts";

/** Mail is lost, or will be. */
export const LOST: readonly Alert[] = [
  {
    name: "InletEmailLost",
    severity: "critical",
    expr: "max(inlet_lost) > 0",
    for: "2m",
    summary: "The reconciliation finds emails that are neither ended nor on their way.",
    runbook: "reconcile",
    fires: { series: { 'inlet_lost{job="console"}': "2x20" }, at: "5m" },
    silent: { series: { 'inlet_lost{job="console"}': "0x20" }, at: "5m" },
  },
  {
    name: "InletCountStale",
    severity: "warning",
    expr: "time() - max(inlet_counted_timestamp_seconds) > 3600",
    for: "5m",
    summary: "Nothing has checked for an hour whether every email is accounted for.",
    runbook: "reconcile",
    fires: { series: { 'inlet_counted_timestamp_seconds{job="console"}': "0x90" }, at: "80m" },
    silent: { series: { 'inlet_counted_timestamp_seconds{job="console"}': "0+60x90" }, at: "80m" },
  },
  {
    name: "InletUnreadAtHalfOfRetention",
    severity: "critical",
    expr: "max by (group, topic) (inlet_oldest_unread_seconds) / max by (group, topic) (inlet_topic_retention_seconds) > 0.5",
    for: "2m",
    summary: "{{ $labels.group }} has left a record of {{ $labels.topic }} unread for half of its retention.",
    runbook: "mail-is-late",
    fires: { series: retention("620000x20"), labels: { group: "parser", topic: "raw-events" }, at: "5m" },
    silent: { series: retention("600000x20"), at: "5m" },
  },
  {
    name: "InletUnreadNearlyDeleted",
    severity: "critical",
    expr: "max by (group, topic) (inlet_oldest_unread_seconds) / max by (group, topic) (inlet_topic_retention_seconds) > 0.8",
    summary: "Kafka will soon delete records of {{ $labels.topic }} that {{ $labels.group }} has not read.",
    runbook: "mail-is-late",
    fires: { series: retention("980000x20"), labels: { group: "parser", topic: "raw-events" }, at: "5m" },
    silent: { series: retention("950000x20"), at: "5m" },
  },
  alertOnCode("offset_out_of_range", {
    name: "InletDeletedUnread",
    severity: "critical",
    window: "1h",
    summary: "Records were deleted before their group read them, or a topic was made anew.",
    runbook: "expired-offsets",
  }),
  alertOnCode("waiting_record_gone", {
    name: "InletWaitingRecordGone",
    severity: "critical",
    window: "1h",
    summary: "An email waits whose record is no longer in Kafka.",
    runbook: "reconcile",
  }),
  {
    name: "InletDeadLettersArriving",
    severity: "warning",
    expr: grew("inlet_dead_letters_total", "15m", "service, step, reason"),
    summary: "Emails end as dead letters at {{ $labels.step }} of {{ $labels.service }}: {{ $labels.reason }}.",
    runbook: "empty-a-dlq",
    fires: {
      series: { 'inlet_dead_letters_total{service="crm-sink",step="deal",reason="crm_rejected"}': "_x5 1x20" },
      labels: { service: "crm-sink", step: "deal", reason: "crm_rejected" },
      at: "10m",
    },
    silent: {
      series: { 'inlet_dead_letters_total{service="crm-sink",step="deal",reason="crm_rejected"}': "9x60" },
      at: "40m",
    },
  },
  {
    name: "InletPoisonMail",
    severity: "warning",
    expr: grew(
      'inlet_dead_letters_total{reason=~"crashed_process|parse_timeout|limit_exceeded"}',
      "1h",
      "service, reason",
    ),
    summary: "Emails end {{ $labels.service }} or its parsing processes: {{ $labels.reason }}.",
    runbook: "poison-mail",
    fires: {
      series: { 'inlet_dead_letters_total{service="parser",step="parse",reason="crashed_process"}': "_x5 1x20" },
      labels: { service: "parser", reason: "crashed_process" },
      at: "10m",
    },
    silent: {
      series: { 'inlet_dead_letters_total{service="parser",step="parse",reason="unreadable_email"}': "_x5 1x20" },
      at: "10m",
    },
  },
  {
    name: "InletDeadLettersPile",
    severity: "warning",
    expr: 'max(inlet_deliveries{state="dead_lettered"}) > 100',
    for: "1h",
    summary: "More than a hundred dead letters wait for an operator; each is kept for 30 days.",
    runbook: "empty-a-dlq",
    fires: { series: { 'inlet_deliveries{state="dead_lettered",job="console"}': "101x90" }, at: "70m" },
    silent: { series: { 'inlet_deliveries{state="dead_lettered",job="console"}': "100x90" }, at: "70m" },
  },
];

/** Mail is late. */
export const LATE: readonly Alert[] = [
  {
    name: "InletConsumerLag",
    severity: "warning",
    expr: "sum by (group) (inlet_consumer_lag) > 5000",
    for: "10m",
    summary: "{{ $labels.group }} is more than 5,000 records behind.",
    runbook: "mail-is-late",
    fires: { series: lag("3000x30"), labels: { group: "crm-sink" }, at: "20m" },
    silent: { series: lag("2500x30"), at: "20m" },
  },
  {
    name: "InletMailUnread",
    severity: "critical",
    expr: "max by (group) (inlet_oldest_unread_seconds) > 600",
    for: "5m",
    summary: "{{ $labels.group }} has left a record unread for ten minutes.",
    runbook: "mail-is-late",
    fires: {
      series: { 'inlet_oldest_unread_seconds{group="parser",topic="raw-events",partition="3"}': "601x20" },
      labels: { group: "parser" },
      at: "10m",
    },
    silent: {
      series: { 'inlet_oldest_unread_seconds{group="parser",topic="raw-events",partition="3"}': "599x20" },
      at: "10m",
    },
  },
  {
    name: "InletMailWaitsLong",
    severity: "warning",
    expr: 'max by (tenant, reason) (inlet_oldest_waiting_seconds{reason!~"held|buffer"}) > 3600',
    for: "10m",
    summary: "Mail of {{ $labels.tenant }} has waited for an hour: {{ $labels.reason }}.",
    runbook: "crm-outage",
    fires: { series: waits("circuit", "3601x30"), labels: { tenant: "acme", reason: "circuit" }, at: "20m" },
    silent: { series: waits("buffer", "9000x30"), at: "20m" },
  },
  {
    name: "InletMailNearMaxAge",
    severity: "critical",
    expr: "max by (tenant, reason) (inlet_oldest_waiting_seconds) > 5 * 86400",
    summary:
      "Mail of {{ $labels.tenant }} has waited for five days ({{ $labels.reason }}); at maxAge, 7 days unless set, it is dead-lettered.",
    runbook: "crm-outage",
    fires: { series: waits("circuit", "432001x30"), labels: { tenant: "acme", reason: "circuit" }, at: "5m" },
    silent: { series: waits("circuit", "431999x30"), at: "5m" },
  },
  {
    name: "InletConsumerPaused",
    severity: "critical",
    expr: 'max by (service, dependency) (inlet_consumer_paused{dependency!="blobs"}) == 1',
    for: "2m",
    summary: "{{ $labels.service }} stands still: {{ $labels.dependency }} is away.",
    runbook: "dependency-away",
    fires: {
      series: { 'inlet_consumer_paused{service="parser",dependency="ledger"}': "1x20" },
      labels: { service: "parser", dependency: "ledger" },
      at: "5m",
    },
    silent: { series: { 'inlet_consumer_paused{service="parser",dependency="ledger"}': "0x2 1 0x20" }, at: "5m" },
  },
  {
    name: "InletBlobStoreAway",
    severity: "critical",
    expr: 'max by (service) (inlet_consumer_paused{dependency="blobs"}) == 1',
    for: "2m",
    summary: "{{ $labels.service }} stands still: the blob store is away, full or not marked.",
    runbook: "blob-store",
    fires: {
      series: { 'inlet_consumer_paused{service="crm-sink",dependency="blobs"}': "1x20" },
      labels: { service: "crm-sink" },
      at: "5m",
    },
    silent: { series: { 'inlet_consumer_paused{service="crm-sink",dependency="blobs"}': "0x20" }, at: "5m" },
  },
  {
    name: "InletOutboxPending",
    severity: "warning",
    expr: "max(inlet_outbox_pending) > 1000",
    for: "10m",
    summary: "More than a thousand outcomes have not reached Kafka.",
    runbook: "dependency-away",
    fires: { series: { 'inlet_outbox_pending{job="crm-sink"}': "1001x30" }, at: "15m" },
    silent: { series: { 'inlet_outbox_pending{job="crm-sink"}': "1000x30" }, at: "15m" },
  },
  alertOnCode("stalled_delivery", {
    name: "InletStalledDelivery",
    severity: "warning",
    summary: "A delivery that no process worked on was taken up again.",
    runbook: "incident",
  }),
];

function retention(unread: string) {
  return {
    'inlet_oldest_unread_seconds{group="parser",topic="raw-events",partition="3",instance="a"}': unread,
    'inlet_topic_retention_seconds{group="parser",topic="raw-events",instance="b"}': "1209600x20",
  };
}

function lag(each: string) {
  return {
    'inlet_consumer_lag{group="crm-sink",topic="normalized-events",partition="0"}': each,
    'inlet_consumer_lag{group="crm-sink",topic="normalized-events",partition="1"}': each,
  };
}

function waits(reason: string, values: string) {
  return { [`inlet_oldest_waiting_seconds{tenant="acme",reason="${reason}"}`]: values };
}
