import { readEnvironment } from "../environment/environment.ts";
import type { RawEnvironment } from "@inlet/settings";
import { frozen } from "../tenant/frozen.ts";
import { ConfigError } from "../types.ts";
import type { ConfigFault, Environment } from "../types.ts";

/** The environment of the CRM sandbox, a service for trying Inlet out and for tests. */
export interface SandboxEnvironment {
  readonly http: Environment["http"];
  readonly logLevel: Environment["logLevel"];
  /** Where records survive a restart; null keeps them in memory. */
  readonly dataDir: string | null;
  /** Bearer tokens that are let in, each with the tenant that it belongs to; empty lets every call in. */
  readonly tokens: readonly { readonly tenant: string; readonly token: string }[];
  /** How long a change stays invisible to search, ms. */
  readonly searchLagMs: number;
  /** Calls in any 10 seconds before the 429. */
  readonly perTenSeconds: number;
}

/**
 * Reads `HTTP_HOST` (127.0.0.1), `HTTP_PORT` (8090), `LOG_LEVEL`, `SANDBOX_DATA_DIR`, `SANDBOX_TOKEN` (comma-separated tokens, or
 * `tenant=token` pairs), `SANDBOX_SEARCH_LAG_MS` (2000) and `SANDBOX_LIMIT_PER_10S` (20000; HubSpot's own is 190).
 * Throws {@link ConfigError} with every fault at once.
 */
export function readSandboxEnvironment(env: RawEnvironment): SandboxEnvironment {
  const faults: ConfigFault[] = [];
  const whole = (name: string, fallback: number): number => {
    const text = env[name] ?? "";
    if (text === "") return fallback;
    if (/^\d{1,9}$/.test(text)) return Number(text);
    const remedy = `Set it to digits, such as ${fallback}`;
    faults.push({ where: name, field: "", problem: "is not a whole number", remedy });
    return fallback;
  };
  const searchLagMs = whole("SANDBOX_SEARCH_LAG_MS", 2000);
  const perTenSeconds = whole("SANDBOX_LIMIT_PER_10S", 20_000);
  let basic: Environment | null = null;
  try {
    basic = readEnvironment(env, [], { HTTP_PORT: "8090" });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    faults.push(...error.faults);
  }
  if (basic === null || faults.length > 0) throw new ConfigError(faults);
  const dataDir = env["SANDBOX_DATA_DIR"] ?? "";
  return frozen({
    http: basic.http,
    logLevel: basic.logLevel,
    dataDir: dataDir === "" ? null : dataDir,
    tokens: parseTokens(env["SANDBOX_TOKEN"] ?? ""),
    searchLagMs,
    perTenSeconds,
  });
}

function parseTokens(list: string): { tenant: string; token: string }[] {
  return list
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => {
      const [, tenant, token] = /^([a-z][a-z0-9-]{1,39})=(.+)$/.exec(part) ?? [null, "sandbox", part];
      return { tenant, token };
    });
}
