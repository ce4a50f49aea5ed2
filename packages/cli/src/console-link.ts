import { userInfo } from "node:os";
import { readEnvironment, type RawEnvironment } from "@inlet/config";
import { EVERY_TENANT, ROLES } from "@inlet/domain";
import { openLedger } from "@inlet/ledger";
import type { GrantOption } from "./parse-grants.ts";

export const EVERY_ROLE: GrantOption = Object.keys(ROLES).map((role) => ({ role, tenant: EVERY_TENANT }));

const TTL_MS = 3_600_000;

/** A link that signs in to the console once; for an hour, with every role, for who runs this, where nothing else is said. Audited. */
export async function createConsoleLink(
  env: RawEnvironment,
  request: { readonly actor: string; readonly grants: GrantOption; readonly ttlMs: number } = {
    actor: userInfo().username,
    grants: EVERY_ROLE,
    ttlMs: TTL_MS,
  },
): Promise<string> {
  const { consoleUrl, databaseUrl } = readEnvironment(env, ["console", "database"]);
  const ledger = openLedger({ connectionString: databaseUrl, applicationName: "inlet console" });
  try {
    return `${consoleUrl}/sign-in/link/${await ledger.access.createSignInLink(request)}`;
  } finally {
    await ledger.close();
  }
}
