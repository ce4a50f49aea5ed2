import { SchemaRegistry } from "@kafkajs/confluent-schema-registry";
import { REGISTRY_TIMEOUT_MS } from "./registry-options.ts";
import type { RegistryOptions } from "./registry-options.ts";

type Middleware = NonNullable<ConstructorParameters<typeof SchemaRegistry>[0]["middlewares"]>[number];

/** Without it a registry that accepts connections and never answers holds a lookup for ever. */
const withTimeout: Middleware = () => ({
  request: async (request) => request.enhance({ timeout: REGISTRY_TIMEOUT_MS }),
});

/** The registry client, with a deadline per request and two quick retries of 5xx. */
export function registryClient({ url, auth }: RegistryOptions): SchemaRegistry {
  return new SchemaRegistry({
    host: url.replace(/\/+$/, ""),
    clientId: "inlet",
    retry: { retries: 2, initialRetryTimeInSecs: 0.1, maxRetryTimeInSecs: 1 },
    middlewares: [withTimeout],
    ...(auth === null ? {} : { auth: { username: auth.username, password: auth.password } }),
  });
}

/**
 * Whether an error of the client is the registry's own "there is no such thing". Its 404s have a JSON message; without one the 404 comes from
 * something else at that address, which must not pass for an answer.
 */
export function isNotFound(error: unknown): boolean {
  return getErrorStatus(error) === 404 && error instanceof Error && !error.message.includes("Error, status 404");
}

/** HTTP status; undefined when the error is no answer at all. The client says 400 for a refused connection. */
export function getErrorStatus(error: unknown): number | undefined {
  return error instanceof Error && "status" in error && typeof error.status === "number" ? error.status : undefined;
}
