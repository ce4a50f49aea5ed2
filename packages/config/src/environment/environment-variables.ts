import { isNetwork } from "@inlet/settings";
import { z } from "zod";
import { CONSOLE_VARIABLES } from "./console-variables.ts";
import { list, url, wholeNumber, type Variable } from "./variable.ts";

export type { Need, Variable } from "./variable.ts";

const LANE = /^[a-z][a-z0-9-]{1,39}$/;

const port = wholeNumber(1, 65_535);

/** Every variable of docs/concepts/protocol.md, section 11 and of decision record 8, once. Each may also be given as `NAME_FILE`, a path to a file that holds the value. */
export const VARIABLES = {
  KAFKA_BROKERS: {
    meaning: "comma-separated host:port list of Kafka brokers",
    example: "localhost:9092",
    need: "kafka",
    schema: list(z.string().regex(/^(\[[0-9a-fA-F:]+\]|[^\s:/]+):\d{1,5}$/, "is not a list of host:port")),
  },
  KAFKA_SSL: {
    meaning: "true for TLS to the brokers",
    example: "false",
    default: "false",
    schema: z.enum(["true", "false"], { error: "is neither true nor false" }).transform((text) => text === "true"),
  },
  KAFKA_SASL_MECHANISM: {
    meaning: "plain, scram-sha-256 or scram-sha-512",
    example: "scram-sha-512",
    schema: z.enum(["plain", "scram-sha-256", "scram-sha-512"], { error: "is not a mechanism that Inlet speaks" }),
  },
  KAFKA_SASL_USERNAME: { meaning: "user name for SASL", example: "inlet", schema: z.string() },
  KAFKA_SASL_PASSWORD: { meaning: "password for SASL", example: "…", secret: true, schema: z.string() },
  SCHEMA_REGISTRY_URL: {
    meaning: "address of the Confluent-compatible registry API",
    example: "http://localhost:8081/apis/ccompat/v7",
    need: "registry",
    schema: url("http:", "https:"),
  },
  SCHEMA_REGISTRY_AUTH: {
    meaning: "user:password for the registry",
    example: "…",
    secret: true,
    schema: z
      .string()
      .regex(/^[^:]+:.+$/s, "is not user:password")
      .transform((text) => ({
        username: text.slice(0, text.indexOf(":")),
        password: text.slice(text.indexOf(":") + 1),
      })),
  },
  DATABASE_URL: {
    meaning: "Postgres connection string; through PgBouncer, 1.21 or newer, since statements are prepared",
    example: "postgres://inlet:…@localhost:5432/inlet",
    need: "database",
    secret: true,
    schema: url("postgres:", "postgresql:"),
  },
  BLOB_STORE_URL: {
    meaning:
      "place of large bodies and attachments, file:///path or s3://bucket/prefix?endpoint=…; marked once with `inlet blobs init`",
    example: "file:///var/lib/inlet/blobs",
    need: "blobs",
    schema: url("file:", "s3:"),
  },
  TENANTS_DIR: {
    meaning: "directory of the tenant files",
    example: "config/tenants",
    need: "tenants",
    schema: z.string(),
  },
  LANES: {
    meaning: "comma-separated lanes that this process serves",
    example: "shared,acme",
    default: "shared",
    schema: list(z.string().regex(LANE, "names a lane that is not a-z, 0-9 and - (2 to 40 characters)")),
  },
  PUBLIC_URL: {
    meaning: "address under which people reach Inlet, for links",
    example: "https://inlet.example",
    need: "publicUrl",
    schema: url("http:", "https:").transform((text) => text.replace(/\/+$/, "")),
  },
  URL_SIGNING_KEYS: {
    meaning: "comma-separated keys of 32 characters or more for signed links; the first signs, all verify",
    example: "…",
    need: "urlSigningKeys",
    secret: true,
    schema: list(z.string().min(32, "holds a key shorter than 32 characters")),
  },
  SEARCH_KEY: {
    meaning:
      "key of 32 characters or more of the hashes by which emails are found by address and by words of the subject, the same for parser, console and `inlet show`; without it they are found by ids alone. Another key finds none of what came before it",
    example: "…",
    secret: true,
    schema: z.string().min(32, "is shorter than 32 characters"),
  },
  ...CONSOLE_VARIABLES,
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    meaning: "where traces go (OTLP over HTTP); none are exported without it",
    example: "http://localhost:4318",
    schema: url("http:", "https:").transform((text) => text.replace(/\/+$/, "")),
  },
  CLAMD_URL: {
    meaning: "ClamAV daemon that scans attachments",
    example: "tcp://localhost:3310",
    schema: url("tcp:", "unix:"),
  },
  PARKED_MAX_BYTES: {
    meaning:
      "most bytes of waiting mail that the ledger keeps per lane; a tenant has as many as the lane has left, so one alone half, and its further mail waits in Kafka by reference",
    example: "2147483648",
    default: String(2 * 1024 ** 3),
    schema: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  },
  LOG_LEVEL: {
    meaning: "trace, debug, info, warn, error, fatal or silent",
    example: "info",
    default: "info",
    schema: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"], { error: "is not a log level" }),
  },
  INLET_URL: {
    meaning: "address of the gateway or console, for operators' commands",
    example: "http://localhost:8080",
    need: "operator",
    schema: url("http:", "https:").transform((text) => text.replace(/\/+$/, "")),
  },
  INLET_TOKEN: {
    meaning: "token of the operator",
    example: "…",
    need: "operator",
    secret: true,
    schema: z.string(),
  },
  HTTP_HOST: {
    meaning: "interface on which the service's HTTP server listens",
    example: "0.0.0.0",
    default: "127.0.0.1",
    schema: z.string(),
  },
  HTTP_PORT: {
    meaning: "port of the service's HTTP server; 0 takes a free one",
    example: "8080",
    default: "8080",
    schema: wholeNumber(0, 65_535),
  },
  OPS_HOST: {
    meaning: "interface on which operators are answered apart: /readyz and /metrics (gateway, console)",
    example: "0.0.0.0",
    default: "127.0.0.1",
    schema: z.string(),
  },
  OPS_PORT: {
    meaning:
      "port of these answers, apart from the one that senders or browsers reach; 0 takes a free one (gateway; console: 8086)",
    example: "8084",
    default: "8084",
    schema: wholeNumber(0, 65_535),
  },
  HTTP_TLS: {
    meaning: "true for HTTPS with the certificate of TLS_CERT_FILE instead of HTTP (gateway)",
    example: "true",
    default: "false",
    schema: z.enum(["true", "false"], { error: "is neither true nor false" }).transform((text) => text === "true"),
  },
  TLS_CERT_FILE: {
    meaning: "path of the certificate chain (PEM) for STARTTLS, SMTPS and HTTPS; looked at for changes (gateway)",
    example: "/etc/inlet/tls/fullchain.pem",
    schema: z.string(),
  },
  TLS_KEY_FILE: {
    meaning: "path of the certificate's private key (PEM); looked at for changes (gateway)",
    example: "/etc/inlet/tls/privkey.pem",
    schema: z.string(),
  },
  TRUSTED_PROXIES: {
    meaning:
      "comma-separated addresses and networks whose X-Forwarded-For, and by SMTP whose XCLIENT, is trusted (gateway)",
    example: "10.0.0.0/8,2001:db8::/64",
    schema: list(z.string().refine(isNetwork, { error: "is not a list of IP addresses and networks (CIDR)" })),
  },
  SMTP_HOST: {
    meaning: "interface on which the gateway listens for SMTP and LMTP",
    example: "0.0.0.0",
    default: "127.0.0.1",
    schema: z.string(),
  },
  SMTP_PORT: {
    meaning: "port for SMTP, with STARTTLS where there is a certificate; none without it",
    example: "25",
    schema: port,
  },
  SMTPS_PORT: {
    meaning: "port for SMTP inside TLS from the first byte; none without it",
    example: "465",
    schema: port,
  },
  LMTP_PORT: { meaning: "port for LMTP from an own mail server; none without it", example: "24", schema: port },
  SMTP_NAME: {
    meaning: "host name with which the gateway greets; the machine's own without it",
    example: "mx.inlet.example",
    schema: z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/, "is not a host name"),
  },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof VARIABLES;
export type ValueOfVariable<N extends VariableName> = z.output<(typeof VARIABLES)[N]["schema"]>;
