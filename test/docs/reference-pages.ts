import { VARIABLES } from "@inlet/config";
import type { Variable } from "@inlet/config";
import {
  DEAD_LETTER_REASONS,
  DELIVERY_WARNINGS,
  DLQ_HEADER,
  EMAIL_WARNINGS,
  HEADER,
  INLINE_LIMIT_BYTES,
  SKIP_REASONS,
  SOURCE_WARNINGS,
  SUPPRESS_REASONS,
  TOPICS,
} from "@inlet/schemas";
import type { TopicSpec } from "@inlet/schemas";
import { table } from "./markdown-table.ts";
import { operationsPage } from "./operations-page.ts";

/** The pages of docs/reference that are made from the code, by path. `npm run docs` writes them, a test holds them in step. */
export function referencePages(): Readonly<Record<string, string>> {
  return {
    "docs/reference/topics.md": topicsPage(),
    "docs/reference/headers.md": headersPage(),
    "docs/reference/environment.md": environmentPage(),
    "docs/reference/reasons.md": reasonsPage(),
    "docs/reference/warnings.md": warningsPage(),
    "docs/reference/operations.md": page("Operations", "packages/operations/src/operations.ts", ...operationsPage()),
  };
}

function page(title: string, madeFrom: string, ...body: readonly string[]): string {
  return [`# ${title}`, "", ...body, "", `Made from \`${madeFrom}\` by \`npm run docs\`; edit it there.`, ""].join(
    "\n",
  );
}

const TOPIC_MEANING: Readonly<Record<keyof typeof TOPICS, { key: string; value: string }>> = {
  rawEvents: { key: "tenant/eventId", value: "`RawEvent`: what the gateway accepted, as it came" },
  normalizedEvents: { key: "tenant/conversationId", value: "`NormalizedEvent`: the parsed email" },
  dlq: { key: "the original key", value: "the original bytes; where and why in [headers](headers.md)" },
  outcomes: { key: "tenant/eventId", value: "`Outcome`: what became of an email" },
  outboundMessages: {
    key: "tenant/messageId",
    value: "`OutboundMessage`: a message the tenant sent, for matching replies",
  },
};

function topicsPage(): string {
  const specs = Object.entries(TOPICS) as [keyof typeof TOPICS, TopicSpec][];
  return page(
    "Topics",
    "schemas/src/topics.ts",
    "A dedicated lane has topics and groups of its own, with its name as suffix (`crm-sink.acme`); topics marked _all lanes_ exist",
    "once. `inlet topics apply` creates and sets them, `inlet topics check` compares.",
    "",
    ...table(
      ["topic", "lanes", "key", "value", "partitions", "max record", "retention", "cleanup"],
      specs.map(([name, spec]) => [
        `\`${spec.name}\``,
        spec.allLanes ? "all lanes" : "per lane",
        TOPIC_MEANING[name].key,
        TOPIC_MEANING[name].value,
        spec.allLanes ? `${spec.partitions}, never changed` : String(spec.partitions),
        `${spec.maxRecordBytes / 1024} KiB`,
        `${spec.retentionMs / 86_400_000} days`,
        spec.cleanupPolicy,
      ]),
    ),
    "",
    "All: `message.timestamp.type=LogAppendTime`, replication min(3, brokers), `min.insync.replicas` min(2, replication), no unclean",
    `leader election. A record over ${INLINE_LIMIT_BYTES / 1024} KiB moves its largest parts to the blob store.`,
  );
}

const HEADER_MEANING: Readonly<Record<keyof typeof HEADER, { from: string; meaning: string }>> = {
  tenant: { from: "gateway", meaning: "the tenant's id" },
  eventId: { from: "gateway", meaning: "the delivery's id, `evt_…`" },
  lane: { from: "gateway", meaning: "the lane it was accepted in; it keeps it through every hop and replay" },
  schema: { from: "gateway", meaning: "record name and version of the value, `RawEvent/1`" },
  emailKey: { from: "parser", meaning: "the email's id, `eml_…`, whichever way it came" },
  parsedAt: { from: "parser", meaning: "when it was parsed, epoch ms; orders records of one event" },
  pass: { from: "parser", meaning: "how often it started anew: `dlq replay` opens the next pass" },
  traceparent: { from: "gateway", meaning: "W3C trace context" },
  tracestate: { from: "gateway", meaning: "W3C trace context, where the sender has one" },
};

const DLQ_HEADER_MEANING: Readonly<Record<keyof typeof DLQ_HEADER, string>> = {
  topic: "the topic it was read from",
  partition: "its partition there",
  offset: "its offset there",
  timestamp: "its timestamp there, epoch ms",
  service: "the service that gave up",
  step: "the step of its pipeline",
  errorClass: "the [reason](reasons.md)",
  message: "what was wrong, for people",
  stack: "the stack, at most 4 KiB; absent where there was no exception",
  attempts: "attempts that counted",
  firstFailure: "when it first failed, epoch ms",
  tenant: "the tenant's id; `unknown` where the record names none",
  eventId: "the row it ended; of a record that names no event, or another's, where it lay: `raw-events/3/1207`",
  schemaId: "the registry's id of the value's schema, where it could be read",
  traceId: "the trace to look up",
};

function headersPage(): string {
  const records = Object.entries(HEADER) as [keyof typeof HEADER, string][];
  const dead = Object.entries(DLQ_HEADER) as [keyof typeof DLQ_HEADER, string][];
  return page(
    "Record headers",
    "schemas/src/headers.ts",
    "Values are UTF-8 text.",
    "",
    ...table(
      ["header", "from", "meaning"],
      records.map(([key, name]) => [`\`${name}\``, HEADER_MEANING[key].from, HEADER_MEANING[key].meaning]),
    ),
    "",
    "A dead letter keeps the original key, bytes and headers, and adds:",
    "",
    ...table(
      ["header", "meaning"],
      dead.map(([key, name]) => [`\`${name}\``, DLQ_HEADER_MEANING[key]]),
    ),
  );
}

const SANDBOX_VARIABLES = [
  ["`SANDBOX_DATA_DIR`", "where records survive a restart", "in memory"],
  ["`SANDBOX_TOKEN`", "tokens that are let in, comma-separated, or `tenant=token` pairs", "every call is let in"],
  ["`SANDBOX_SEARCH_LAG_MS`", "how long a change stays invisible to search, ms", "`2000`"],
  ["`SANDBOX_LIMIT_PER_10S`", "calls in any 10 seconds before the 429; HubSpot's own is 190", "`20000`"],
];

function environmentPage(): string {
  const variables = Object.entries(VARIABLES) as [string, Variable][];
  return page(
    "Environment",
    "packages/config/src/environment/environment-variables.ts",
    "Read once when a process starts; every fault is reported at once, by name. Each variable may be given as `NAME_FILE` instead, a",
    "path to a file that holds the value. An empty variable counts as not set. Secrets are never logged.",
    "",
    ...table(
      ["variable", "meaning", "example", "default", "secret"],
      variables.map(([name, variable]) => [
        `\`${name}\``,
        variable.meaning,
        variable.example === "…" ? "" : `\`${variable.example}\``,
        variable.default === undefined ? "" : `\`${variable.default}\``,
        variable.secret === true ? "yes" : "",
      ]),
    ),
    "",
    "Each service has its own default for `HTTP_PORT`: ingest-gateway 8080, parser 8082, crm-sink 8083, crm-sandbox 8090. On theirs, parser",
    "and crm-sink answer operators alone (`/healthz`, `/readyz`, `/metrics`); the gateway does so on `OPS_PORT`, and on `HTTP_PORT` only says",
    "that it lives (`/healthz`). What a tenant needs beyond this (signing secrets, the CRM's token) is named by its own file, as `env:NAME` or `file:PATH`.",
    "",
    "## The sandbox",
    "",
    ...table(["variable", "meaning", "default"], SANDBOX_VARIABLES),
  );
}

function reasonsPage(): string {
  const rows = (reasons: Readonly<Record<string, string>>): string[][] =>
    Object.entries(reasons).map(([code, meaning]) => [`\`${code}\``, meaning]);
  return page(
    "Reasons",
    "schemas/src/reasons.ts",
    "Every accepted email ends as `written`, `suppressed` or `dead_lettered`. The last two always carry one of these reasons: in the",
    "ledger, in its outcome, in `inlet show` and, for a dead letter, in the header `x-dlq-error-class`. The list is closed: reasons are",
    "added, never renamed.",
    "",
    "## Suppressed",
    "",
    ...table(["reason", "meaning"], rows(SUPPRESS_REASONS)),
    "",
    "## Dead-lettered",
    "",
    ...table(["reason", "meaning"], rows(DEAD_LETTER_REASONS)),
    "",
    "## Passed over",
    "",
    "Of a record that Kafka gives once more nothing is written; the metric `inlet_dropped_records_total` counts it by `why`.",
    "",
    ...table(["why", "meaning"], rows(SKIP_REASONS)),
  );
}

function warningsPage(): string {
  const rows = (warnings: Readonly<Record<string, string>>): string[][] =>
    Object.entries(warnings).map(([code, meaning]) => [`\`${code}\``, meaning]);
  return page(
    "Warnings",
    "schemas/src/warnings.ts",
    "What was repaired, guessed, cut, left unread or not taken. None of them stops an email. The lists are closed: codes are added, never",
    "renamed. After a code may stand `: ` and what it is about.",
    "",
    "## Of the email",
    "",
    "`warnings` of a normalized email.",
    "",
    ...table(["warning", "meaning"], rows(EMAIL_WARNINGS)),
    "",
    "## Of the way in",
    "",
    "They stand there as well: what a provider's form lacks, and what the tenant's [policy](../guides/attachments.md) took away.",
    "",
    ...table(["warning", "meaning"], rows(SOURCE_WARNINGS)),
    "",
    "## Of the delivery",
    "",
    "`warnings` of an outcome, in `inlet show` and in the ledger: the email is written, but for this.",
    "",
    ...table(["warning", "meaning"], rows(DELIVERY_WARNINGS)),
  );
}
