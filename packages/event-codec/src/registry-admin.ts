import { RegistryUnavailableError } from "./errors.ts";
import { REGISTRY_TIMEOUT_MS } from "./registry-options.ts";
import type { RegistryOptions } from "./registry-options.ts";

/** Versions of a subject as the registry has them. */
export interface RegisteredSchema {
  readonly version: number;
  readonly id: number;
  readonly schema: Record<string, unknown>;
}

/** The parts of the Confluent API that the registry client lacks: compatibility levels and listing. All throw RegistryUnavailableError. */
export interface RegistryAdmin {
  /** `FULL_TRANSITIVE`, `BACKWARD`, …; null when neither the subject nor the registry has one. */
  getCompatibility(subject: string): Promise<string | null>;
  setCompatibility(subject: string, level: string): Promise<void>;
  /** Oldest first; empty for an unknown subject. */
  registered(subject: string): Promise<RegisteredSchema[]>;
}

export function registryAdmin(options: RegistryOptions): RegistryAdmin {
  const base = options.url.replace(/\/+$/, "");
  const headers: Record<string, string> = { "content-type": "application/vnd.schemaregistry.v1+json" };
  if (options.auth !== null) {
    const { username, password } = options.auth;
    headers["authorization"] = `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
  }
  const call = async (method: string, path: string, body?: unknown): Promise<Record<string, unknown> | null> => {
    try {
      const response = await fetch(`${base}${path}`, {
        method,
        headers,
        signal: AbortSignal.timeout(REGISTRY_TIMEOUT_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const answer = (await response.json()) as Record<string, unknown>;
      if (response.ok) return answer;
      if (response.status === 404 && typeof answer["error_code"] === "number") return null;
      throw new Error(`status ${response.status}`);
    } catch (error) {
      const why = error instanceof Error ? error.message : "no answer";
      throw new RegistryUnavailableError(
        `SCHEMA_REGISTRY_URL: ${method} ${path} gave no usable answer (${why}); check the address, its path and credentials`,
        { cause: error },
      );
    }
  };
  return {
    getCompatibility: async (subject) => {
      const own = (await call("GET", `/config/${encodeURIComponent(subject)}`)) ?? (await call("GET", "/config"));
      const level = own?.["compatibilityLevel"];
      return typeof level === "string" ? level.toUpperCase() : null;
    },
    setCompatibility: async (subject, level) => {
      await call("PUT", `/config/${encodeURIComponent(subject)}`, { compatibility: level });
    },
    registered: async (subject) => {
      const path = `/subjects/${encodeURIComponent(subject)}/versions`;
      const versions = ((await call("GET", path)) ?? []) as unknown as number[];
      const found: RegisteredSchema[] = [];
      for (const version of versions) {
        const entry = await call("GET", `${path}/${version}`);
        if (entry === null) continue;
        const schema = JSON.parse(String(entry["schema"])) as Record<string, unknown>;
        found.push({ version, id: Number(entry["id"]), schema });
      }
      return found;
    },
  };
}
