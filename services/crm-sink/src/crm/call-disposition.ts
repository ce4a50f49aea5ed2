import type { CallFault } from "@inlet/crm";
import { toDisposition, type EarlyDisposition, type Evidence } from "@inlet/domain";
import type { CallAttempt } from "./call-attempt.ts";

/** Steps without which an email is written all the same; their callers make a warning of what fails for good. */
const OPTIONAL: ReadonlySet<string> = new Set([
  "find-contact",
  "find-contact-by-phone",
  "find-company",
  "company",
  "settle-company",
  "find-sent-message",
  "task",
  "settle-task",
  "stage",
]);
const OF_FILES: ReadonlySet<string> = new Set(["file", "settle-file"]);

/**
 * What a fault means for the email that met it. What would be an outage is one if the CRM does not answer a ping either: then it counts
 * toward the tenant's circuit. If it does answer, the ledger says whether the call fails for this email only, or for anyone who makes it.
 */
export async function toCallDisposition(
  email: CallAttempt,
  step: string,
  fault: CallFault,
  settleInMs: number,
): Promise<EarlyDisposition> {
  const { deps, tenant, attempts } = email;
  const optional = OPTIONAL.has(step) || (OF_FILES.has(step) && !tenant.crm.required.includes("file"));
  const evidence = fault.kind === "record-permanent" ? null : await findEvidence(email, step, fault);
  return toDisposition(fault, { step, attempts, settleInMs, random: deps.random(), optional, evidence });
}

/** Null: the CRM is away, and the circuit knows. */
async function findEvidence(
  { crm, event, tenant, deps }: CallAttempt,
  step: string,
  fault: CallFault,
): Promise<Evidence | null> {
  const { eventId } = event;
  const failed = async (): Promise<Evidence> => {
    crm.circuit.watch(step);
    const call = { tenant: tenant.id, crm: crm.kind, operation: step, eventId, code: fault.code };
    return deps.ledger.circuits.recordFailedCall(call);
  };
  // A record that the CRM cannot take now: it answers.
  if (fault.kind !== "outage") return failed();
  // Of an account that is said to be over its limit, and of a circuit that is open, there is nothing to ask.
  if (fault.ofAccount === true || (await crm.circuit.state()).open) {
    await crm.foundAway(fault, eventId);
    return null;
  }
  const answer = await crm.answers();
  if (!answer.ok) {
    if (answer.fresh) await crm.foundAway(answer.fault, null);
    await crm.foundAway(fault, eventId);
    return null;
  }
  return failed();
}
