import type { CompanyMatch } from "@inlet/crm";
import { companyDomain, effectKey, ok, type StepResult } from "@inlet/domain";
import { callCrm } from "../crm/call-crm.ts";
import type { Claims } from "./claim-effects.ts";
import type { DeliveryAttempt } from "../attempt.ts";
import { mayBeRenewed, writeEffect } from "./write-effect.ts";

/** What is known of the sender's company before anything is claimed. */
export interface CompanyChoice {
  /** Null where the sender's address stands for none. */
  readonly domain: string | null;
  readonly found: CompanyMatch | null;
  /** The CRM has none, and the tenant wants one made. */
  readonly create: boolean;
}

/** The company that the email's records are tied to. */
export interface Company {
  /** Null: to none. */
  recordId: string | null;
  readonly domain: string;
  /** Inlet made it: the ledger knows it. */
  readonly ours: boolean;
}

const NO_COMPANY: CompanyChoice = { domain: null, found: null, create: false };

/** The company of the sender's domain as the CRM has it (WR2). It is no condition for an email: what fails for good is a warning. */
export async function findCompany(email: DeliveryAttempt, sender: string): Promise<StepResult<CompanyChoice>> {
  const { crm, event, tenant } = email;
  if (tenant.crm.companies === "off") return ok(NO_COMPANY);
  const choice = companyDomain({
    sender,
    kind: event.classification.kind,
    spamVerdict: event.spamVerdict,
    ownAddresses: tenant.mailboxes.flatMap(({ addresses }) => addresses),
  });
  if (choice.kind === "none") {
    email.evidence["company"] = { matchedBy: "none", confidence: "none", detail: choice.detail };
    return ok(NO_COMPANY);
  }
  const { domain } = choice;
  let found = crm.companies.get(domain);
  if (found === undefined) {
    const asked = await crm.companies.ask(domain, async () =>
      callCrm(email, "find-company", crm.adapter.records.company.find, domain),
    );
    if (asked.kind === "deadLetter") {
      email.warnings.push(`company_not_found: the CRM did not tell (${asked.detail})`);
      // A token that may not look will not be allowed to a moment later.
      crm.companies.set(domain, null);
      return ok(NO_COMPANY);
    }
    if (asked.kind !== "ok") return asked;
    found = asked.value;
    crm.companies.set(domain, found);
  }
  email.evidence["company"] = buildEvidence(domain, found);
  return ok({ domain, found, create: found === null && tenant.crm.companies === "create" });
}

/** The company to tie the email's records to, made where that was decided. */
export async function writeCompany(
  email: DeliveryAttempt,
  claims: Claims,
  { domain, found, create }: CompanyChoice,
): Promise<StepResult<Company | null>> {
  if (domain === null || (found === null && !create)) return ok(null);
  if (found !== null) return ok({ recordId: found.recordId, domain, ours: false });
  const claimed = claims.of("company", effectKey.company(domain));
  if (claimed.state === "confirmed") {
    if (claimed.recordId === null || claimed.gone) return ok(null);
    email.summary.push({ effect: "company", key: domain, recordId: claimed.recordId, created: false });
    email.evidence["company"] = created(domain);
    return ok({ recordId: claimed.recordId, domain, ours: true });
  }
  const { replaces = null } = claimed;
  const input = { domain, name: domain, replaces };
  const { write, lookup } = email.crm.adapter.records.company;
  const outcome = await writeEffect(email, "company", domain, { write, input, lookup, sought: {} });
  if (outcome.kind === "deadLetter") {
    email.warnings.push(`company_failed: ${domain} (${outcome.detail})`);
    return ok(null);
  }
  if (outcome.kind !== "ok") return outcome;
  email.summary.push({ effect: "company", key: domain, ...outcome.value });
  email.evidence["company"] = created(domain);
  return ok({ recordId: outcome.value.recordId, domain, ours: true });
}

/**
 * Writes a record that is tied to the company. What the CRM refuses is tried once more without it: a company that a person deleted a moment
 * ago, or that Inlet made and a person deleted since, must not cost its people's mail.
 */
export async function withCompany<T>(
  email: DeliveryAttempt,
  company: Company | null,
  write: (companyId: string | null) => Promise<StepResult<T>>,
): Promise<StepResult<T>> {
  const outcome = await write(company?.recordId ?? null);
  if (company === null || company.recordId === null) return outcome;
  if (outcome.kind !== "deadLetter" || outcome.reason !== "crm_rejected" || mayBeRenewed(email, outcome))
    return outcome;
  const without = await write(null);
  if (without.kind !== "ok") return without;
  company.recordId = null;
  email.crm.companies.forget(company.domain);
  // A person's deletion stays (docs/concepts/protocol.md, section 6): Inlet makes it no second time.
  if (company.ours) email.effects.gone("company", company.domain);
  email.warnings.push(`company_refused: ${company.domain} (${outcome.detail})`);
  email.evidence["company"] = { matchedBy: "none", confidence: "none", detail: "the CRM refused the company" };
  return without;
}

function buildEvidence(domain: string, found: CompanyMatch | null): Record<string, string> {
  if (found === null) return { matchedBy: "none", confidence: "none", detail: `the CRM has no company of ${domain}` };
  return found.several
    ? { matchedBy: "domain", confidence: "medium", detail: `the oldest of several companies of ${domain}` }
    : { matchedBy: "domain", confidence: "high", detail: `the company of ${domain}` };
}

function created(domain: string): Record<string, string> {
  return { matchedBy: "created", confidence: "none", detail: `no company of ${domain}; the tenant's policy makes one` };
}
