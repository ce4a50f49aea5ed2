import type { Crm, CallFault } from "@inlet/crm";
import type { Ledger } from "@inlet/ledger";
import { CommandFailed } from "./context.ts";

/** Longest that it may take, ms: an account that has nothing needs some thirty requests. */
const PATIENCE_MS = 120_000;

export interface PrepareDeps {
  readonly crm: Pick<Crm, "kind" | "setup" | "account">;
  readonly ledger: Pick<Ledger, "audit">;
  readonly actor: string;
}

/** Makes what Inlet needs in a tenant's account, and makes sure that it is there; again it makes nothing. Audited with what was made. */
export async function prepareCrm(
  { crm, ledger, actor }: PrepareDeps,
  tenant: string,
): Promise<{ readonly account: string; readonly made: readonly string[] }> {
  const options = { deadline: performance.now() + PATIENCE_MS };
  const account = await crm.account(null, options);
  if (!account.ok) throw failure(tenant, account.fault);
  const prepared = await crm.setup.prepare(null, options);
  // Some of it may have been made.
  if (!prepared.ok) throw failure(tenant, prepared.fault);
  const { made } = prepared.value;
  if (made.length > 0)
    await ledger.audit(actor, "crm_prepared", { tenant, crm: crm.kind, account: account.value, made });
  const verified = await crm.setup.verify(null, options);
  if (!verified.ok) throw failure(tenant, verified.fault);
  return { account: account.value, made };
}

function failure(tenant: string, { code, message }: CallFault): CommandFailed {
  return new CommandFailed(`${tenant}: the CRM could not be prepared: ${message} (${code})`);
}
