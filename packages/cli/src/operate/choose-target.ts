import { readEnvironment, type RawEnvironment } from "@inlet/config";
import { UsageError } from "../context.ts";

/** A console's API, as who asks it. */
export interface ApiTarget {
  /** Without a trailing slash. */
  readonly url: string;
  readonly token: string;
}

/**
 * Where a command does what it does: through a console's API where `INLET_URL` and `INLET_TOKEN` name one; null: on the ledger itself. One of
 * the two alone would quietly act on another Inlet than was meant.
 */
export function chooseTarget(env: RawEnvironment): ApiTarget | null {
  const { inletUrl, inletToken } = readEnvironment(
    Object.fromEntries(
      ["INLET_URL", "INLET_URL_FILE", "INLET_TOKEN", "INLET_TOKEN_FILE"].map((name) => [name, env[name]]),
    ),
    [],
  );
  if (inletUrl !== null && inletToken !== null) return { url: inletUrl, token: inletToken };
  if (inletUrl === null && inletToken === null) return null;
  throw new UsageError(
    inletToken === null
      ? "INLET_URL is set and INLET_TOKEN is not: set it too, or INLET_TOKEN_FILE (npx inlet tokens create makes one); without both the command acts on the database"
      : "INLET_TOKEN is set and INLET_URL is not: set it to the console's address, such as https://inlet.example; without both the command acts on the database",
  );
}
