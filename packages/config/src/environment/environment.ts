import { readFileSync } from "node:fs";
import type { RawEnvironment } from "@inlet/settings";
import { frozen } from "../tenant/frozen.ts";
import { VARIABLES } from "./environment-variables.ts";
import type { Need, ValueOfVariable, Variable, VariableName } from "./environment-variables.ts";
import { ConfigError } from "../types.ts";
import type { ConfigFault, Environment } from "../types.ts";

/**
 * Reads the environment of a process (docs/concepts/protocol.md, section 11), once. What is in `needs` must be there; the rest is read when it is set, and
 * is otherwise null, or empty where the type has no null. `defaults` are this process's own (`{ HTTP_PORT: "8082" }`) and count
 * only for variables that are not set. An empty variable counts as not set.
 *
 * Throws {@link ConfigError} with every fault at once. The result is frozen.
 */
export function readEnvironment(
  env: RawEnvironment,
  needs: readonly Need[],
  defaults: Partial<Record<VariableName, string>> = {},
): Environment {
  const faults: ConfigFault[] = [];
  const fault = (where: string, problem: string, remedy: string): void => {
    faults.push({ where, field: "", problem, remedy });
  };

  function read<N extends VariableName>(name: N): ValueOfVariable<N> | undefined {
    const variable: Variable = VARIABLES[name];
    const given = rawValue(env, name, fault) ?? defaults[name] ?? variable.default;
    if (given === undefined) {
      if (variable.need !== undefined && needs.includes(variable.need)) {
        fault(
          name,
          "is not set",
          `Set it to the ${variable.meaning}, such as ${variable.example}, or point ${name}_FILE at a file`,
        );
      }
      return undefined;
    }
    if (given === UNREADABLE) return undefined;
    const parsed = variable.schema.safeParse(given);
    if (parsed.success) return parsed.data as ValueOfVariable<N>;
    const shown = variable.secret === true ? "" : ` (${JSON.stringify(given)})`;
    fault(
      name,
      `${parsed.error.issues[0]?.message ?? "is not valid"}${shown}`,
      `Expected: ${variable.meaning}, such as ${variable.example}`,
    );
    return undefined;
  }

  const mechanism = read("KAFKA_SASL_MECHANISM");
  const username = read("KAFKA_SASL_USERNAME");
  const password = read("KAFKA_SASL_PASSWORD");
  const sasl =
    mechanism !== undefined && username !== undefined && password !== undefined
      ? { mechanism, username, password }
      : null;
  if (sasl === null && [mechanism, username, password].some((part) => part !== undefined)) {
    for (const [name, part] of [
      ["KAFKA_SASL_MECHANISM", mechanism],
      ["KAFKA_SASL_USERNAME", username],
      ["KAFKA_SASL_PASSWORD", password],
    ] as const) {
      if (part === undefined && !faults.some(({ where }) => where === name)) {
        fault(name, "is not set, though another KAFKA_SASL_ variable is", "Set all three, or none");
      }
    }
  }

  const certFile = read("TLS_CERT_FILE");
  const keyFile = read("TLS_KEY_FILE");
  const tls = certFile !== undefined && keyFile !== undefined ? { certFile, keyFile } : null;
  if (tls === null) {
    const both = "Set TLS_CERT_FILE and TLS_KEY_FILE to the paths of a certificate chain and its key, or neither";
    if (certFile !== undefined) fault("TLS_KEY_FILE", "is not set, though TLS_CERT_FILE is", both);
    if (keyFile !== undefined) fault("TLS_CERT_FILE", "is not set, though TLS_KEY_FILE is", both);
    if (read("HTTP_TLS") === true) fault("HTTP_TLS", "is true without a certificate", both);
    if (read("SMTPS_PORT") !== undefined) fault("SMTPS_PORT", "is set without a certificate", both);
  }

  const oidcParts = {
    OIDC_ISSUER: read("OIDC_ISSUER"),
    OIDC_CLIENT_ID: read("OIDC_CLIENT_ID"),
    OIDC_CLIENT_SECRET: read("OIDC_CLIENT_SECRET"),
    OIDC_GRANTS: read("OIDC_GRANTS"),
  };
  if (Object.values(oidcParts).some((part) => part !== undefined)) {
    for (const [name, part] of Object.entries(oidcParts)) {
      if (part === undefined && !faults.some(({ where }) => where === name))
        fault(name, "is not set, though another OIDC_ variable is", "Set all four, or none");
    }
  }

  const environment: Environment = {
    kafka: { brokers: read("KAFKA_BROKERS") ?? [], ssl: read("KAFKA_SSL") ?? false, sasl },
    schemaRegistry: { url: read("SCHEMA_REGISTRY_URL") ?? "", auth: read("SCHEMA_REGISTRY_AUTH") ?? null },
    databaseUrl: read("DATABASE_URL") ?? "",
    blobStoreUrl: read("BLOB_STORE_URL") ?? "",
    tenantsDir: read("TENANTS_DIR") ?? "",
    lanes: read("LANES") ?? [],
    publicUrl: read("PUBLIC_URL") ?? "",
    urlSigningKeys: read("URL_SIGNING_KEYS") ?? [],
    searchKey: read("SEARCH_KEY") ?? null,
    consoleUrl: read("CONSOLE_URL") ?? "",
    oidc:
      oidcParts.OIDC_ISSUER === undefined
        ? null
        : {
            issuer: oidcParts.OIDC_ISSUER,
            clientId: oidcParts.OIDC_CLIENT_ID ?? "",
            clientSecret: oidcParts.OIDC_CLIENT_SECRET ?? "",
            groupsClaim: read("OIDC_GROUPS_CLAIM") ?? "groups",
            grants: oidcParts.OIDC_GRANTS ?? [],
          },
    fourEyes: read("FOUR_EYES") ?? [],
    tracesUrl: read("TRACES_URL") ?? null,
    otlpEndpoint: read("OTEL_EXPORTER_OTLP_ENDPOINT") ?? null,
    clamdUrl: read("CLAMD_URL") ?? null,
    parkedMaxBytes: read("PARKED_MAX_BYTES") ?? 0,
    logLevel: read("LOG_LEVEL") ?? "info",
    inletUrl: read("INLET_URL") ?? null,
    inletToken: read("INLET_TOKEN") ?? null,
    http: { host: read("HTTP_HOST") ?? "127.0.0.1", port: read("HTTP_PORT") ?? 0 },
    ops: { host: read("OPS_HOST") ?? "127.0.0.1", port: read("OPS_PORT") ?? 0 },
    httpTls: read("HTTP_TLS") ?? false,
    tls,
    trustedProxies: read("TRUSTED_PROXIES") ?? [],
    smtp: {
      host: read("SMTP_HOST") ?? "127.0.0.1",
      port: read("SMTP_PORT") ?? null,
      tlsPort: read("SMTPS_PORT") ?? null,
      lmtpPort: read("LMTP_PORT") ?? null,
      name: read("SMTP_NAME") ?? null,
    },
  };
  if (faults.length > 0) throw new ConfigError(faults);
  return frozen(environment);
}

/** Stands for a value whose file could not be read: the fault is noted, "is not set" would mislead. */
const UNREADABLE = "\0unreadable";

function rawValue(
  env: RawEnvironment,
  name: string,
  fault: (where: string, problem: string, remedy: string) => void,
): string | undefined {
  const direct = env[name] === "" ? undefined : env[name];
  const path = env[`${name}_FILE`] === "" ? undefined : env[`${name}_FILE`];
  if (path === undefined) return direct;
  if (direct !== undefined) {
    fault(name, `is set, and so is ${name}_FILE`, "Keep one of the two");
    return UNREADABLE;
  }
  try {
    // Secrets mounted as files nearly always end in a newline that is no part of them.
    const text = readFileSync(path, "utf8").replace(/\r?\n$/, "");
    if (text !== "") return text;
    fault(`${name}_FILE`, `names an empty file (${path})`, "Write the value into the file");
  } catch (error) {
    fault(
      `${name}_FILE`,
      `names a file that cannot be read (${path}: ${(error as NodeJS.ErrnoException).code ?? "error"})`,
      "Check the path and its permissions",
    );
  }
  return UNREADABLE;
}
