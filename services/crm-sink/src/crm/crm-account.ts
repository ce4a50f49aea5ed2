import type { TenantConfig } from "@inlet/config";
import { ok, type StepResult } from "@inlet/domain";
import { errorForLog, metrics } from "@inlet/telemetry";
import { callCrm } from "./call-crm.ts";
import type { CallAttempt } from "./call-attempt.ts";
import type { SinkDeps } from "../attempt.ts";

/** The code under which mail waits while a tenant's CRM is another account than the one in which its records are. */
export const ACCOUNT_CODE = "crm_account_changed";

/** How soon it is looked at again; `inlet crm switch` makes it due at once, ms. */
const LOOK_AGAIN_MS = 60_000;

/** Time for the question at start, ms. */
const AT_START_MS = 10_000;

/**
 * Nothing is written into another account than the one that the ledger knows: its ids are other people's records there. The mail waits, at no
 * attempt's cost, until the tenant's file leads back or an operator accepts the new account.
 */
export async function identifyAccount(email: CallAttempt): Promise<StepResult<null>> {
  const { crm } = email;
  if (crm.account()?.state === "ours") return ok(null);
  const seen = await callCrm(email, "account", crm.identify, null);
  if (seen.kind !== "ok") return seen;
  if (seen.value.state === "ours") return ok(null);
  refuse(email.deps, email.tenant, seen.value.known);
  return { kind: "park", code: ACCOUNT_CODE, delayMs: LOOK_AGAIN_MS };
}

/** Says at start which tenants' mail will wait for this; a CRM that does not answer is found out with its first email. */
export async function checkAccounts(
  deps: Pick<SinkDeps, "crms" | "log">,
  tenants: readonly TenantConfig[],
): Promise<void> {
  for (const tenant of tenants) {
    try {
      const seen = await deps.crms.of(tenant).identify(null, { deadline: performance.now() + AT_START_MS });
      if (seen.ok && seen.value.state === "changed") refuse(deps, tenant, seen.value.known);
    } catch (error) {
      deps.log.warn({ err: errorForLog(error), tenant: tenant.id }, "the CRM's account could not be checked");
    }
  }
}

function refuse({ log }: Pick<SinkDeps, "log">, { id: tenant, crm }: TenantConfig, known: string): void {
  metrics.alerts.inc({ code: ACCOUNT_CODE });
  log.error(
    { tenant, crm: crm.kind, known, code: ACCOUNT_CODE },
    `the tenant's CRM is another account than the one that its mail was written to (${known}): its mail waits. Correct crm: in its file, or begin anew there with inlet crm switch ${tenant}`,
  );
}
