import { ConfigError, type RawEnvironment } from "@inlet/config";
import { findOwner } from "@inlet/local-stack";
import { DEFAULT_DATA_DIR } from "./context.ts";

/** Addresses that `npm start` gives to the other commands. */
const STACK_VARIABLES = ["KAFKA_BROKERS", "SCHEMA_REGISTRY_URL", "DATABASE_URL"];

/** Errors that say that a part of a running Inlet does not answer, or that nothing says where it is. */
const UNREACHABLE = new Set([
  "LedgerUnavailableError",
  "KafkaUnavailableError",
  "RegistryUnavailableError",
  "ConnectFault",
]);

export const NOTHING_RUNS = `no Inlet runs from this folder.
  Start it here:           npm start, in another terminal
  Reach one elsewhere:     set ${STACK_VARIABLES.join(", ")}
  Reach one in containers: docker compose run --rm inlet …`;

/** Whether a command failed because no Inlet is running: none runs here, and the environment names no other. */
export async function seeksAbsentStack(
  env: RawEnvironment,
  error: unknown,
  dataDir = DEFAULT_DATA_DIR,
): Promise<boolean> {
  const seeks = getCauses(error).some(saysSo);
  const givenElsewhere = STACK_VARIABLES.some((name) => Boolean(env[name]) || Boolean(env[`${name}_FILE`]));
  return seeks && !givenElsewhere && (await findOwner(dataDir)) === null;
}

function saysSo(error: Error): boolean {
  const names =
    error instanceof ConfigError ? error.faults.map(({ field, where }) => `${where} ${field}`).join(" ") : "";
  return STACK_VARIABLES.some((name) => names.includes(name)) || UNREACHABLE.has(error.name);
}

/** The error and what it came from: a command may say in its own words what it could not do. */
function getCauses(error: unknown): Error[] {
  return error instanceof Error ? [error, ...getCauses(error.cause)] : [];
}
