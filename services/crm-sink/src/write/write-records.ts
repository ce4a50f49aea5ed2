import type { ClaimResult } from "@inlet/ledger";
import type { AttachmentInfo } from "@inlet/schemas";
import { ok, type DealChoice, type StepResult, type RuleAction } from "@inlet/domain";
import type { HeldClaims } from "./claim-effects.ts";
import { noteClosedDeal } from "../match/closed-deals.ts";
import { moveDealOnReplay } from "./deal-place.ts";
import { addNewTags } from "./deal-tags.ts";
import { EarlyExit, unwrap } from "../early-exit.ts";
import type { DeliveryAttempt } from "../attempt.ts";
import { holdMemory } from "../intake/hold-memory.ts";
import { buildNotifications } from "../finish/notifications.ts";
import { renewGone } from "./renew-gone.ts";
import { describeActivity, textMemory, writeActivity } from "./write-activity.ts";
import { withCompany, writeCompany, type Company, type CompanyChoice } from "./write-company.ts";
import { writeContact } from "./write-contact.ts";
import { writeDeal } from "./write-deal.ts";
import { mayBeRenewed } from "./write-effect.ts";
import { writeFiles } from "./write-files.ts";
import { writeRules } from "./write-rules.ts";
import { updateOnReplay, listRuleEffects, repeatRuleWarnings } from "./update-on-replay.ts";

const ALL = { deal: true, files: true };

/** What was decided of an email before anything is written. */
export interface Decided {
  readonly address: string;
  readonly company: CompanyChoice;
  readonly deal: DealChoice;
  readonly files: readonly AttachmentInfo[];
  readonly actions: readonly RuleAction[];
  /** The email's activity, as the claim found it. */
  readonly written: Exclude<ClaimResult, { state: "busy" }>;
}

/**
 * Contact, deal, what rules want, files, activity, in the order in which they refer to each other. Where the CRM says that something of it is
 * gone, that is written once more, and then the rest; what this try has written already stands.
 */
export async function writeRecords(
  email: DeliveryAttempt,
  claims: HeldClaims,
  decided: Decided,
): Promise<StepResult<null>> {
  const { address, company, deal, files, actions, written } = decided;
  const { warnings, summary } = email;
  const before = warnings.length;
  let tie: Company | null = null;
  // What could not be tied to the activity that is there is not made: it would hang in the air.
  const mayMake = written.state === "confirmed" ? mayTie(email) : ALL;
  const write = async (): Promise<void> => {
    // What was written before keeps its ties: a replay makes no company.
    if (written.state !== "confirmed" && (tie === null || tie.ours))
      tie = unwrap(await writeCompany(email, claims, company));
    const contactId = unwrap(
      await withCompany(email, tie, async (companyId) => writeContact(email, claims, address, companyId)),
    );
    const dealId = unwrap(await writeTiedDeal(email, claims, deal, { contactId, tie, mayMake: mayMake.deal }));
    if (written.state === "confirmed") {
      unwrap(await addNewTags(email, claims, email.event.eventId));
      unwrap(await moveDealOnReplay(email, claims));
      listRuleEffects(email, claims);
      await repeatRuleWarnings(email);
    } else {
      await noteClosedDeal(email, dealId);
      unwrap(await writeRules(email, claims, actions, { contactId, dealId }));
    }
    const fileIds = unwrap(await writeFiles(email, claims, files, { contactId, dealId }, mayMake.files));
    await holdMemory(email, textMemory(email), async () => {
      const activity = await describeActivity(email, { contactId, companyId: null, dealId, fileIds });
      if (written.state === "confirmed") unwrap(await updateOnReplay(email, written, activity));
      else unwrap(await withCompany(email, tie, async (companyId) => writeActivity(email, { ...activity, companyId })));
    });
    if (written.state !== "confirmed") email.notifications.push(...buildNotifications(email, actions));
  };
  try {
    await write();
  } catch (error) {
    if (!(error instanceof EarlyExit)) throw error;
    const { disposition } = error;
    if (disposition.kind !== "deadLetter" || !mayBeRenewed(email, disposition)) return disposition;
    // Told again by the second run.
    warnings.splice(before);
    summary.splice(0);
    const renewed = await renewGone(email, claims, { company: tie, files, address }, disposition);
    if (renewed.kind !== "ok") return renewed;
    try {
      await write();
    } catch (second) {
      if (second instanceof EarlyExit) return second.disposition;
      throw second;
    }
  }
  return ok(null);
}

/** What can still be tied to an activity that is there. */
function mayTie({ crm }: DeliveryAttempt): typeof ALL {
  const { fixed = [] } = crm.adapter.records.activity;
  return { deal: !fixed.includes("dealId"), files: !fixed.includes("fileIds") };
}

/** The deal, tied to the contact's company where the CRM's deals have one. */
async function writeTiedDeal(
  email: DeliveryAttempt,
  claims: HeldClaims,
  deal: DealChoice,
  { contactId, tie, mayMake }: { contactId: string; tie: Company | null; mayMake: boolean },
): Promise<StepResult<string | null>> {
  if (email.crm.adapter.records.deal.tiesCompany !== true)
    return writeDeal(email, claims, deal, { contactId }, mayMake);
  return withCompany(email, tie, async (companyId) =>
    writeDeal(email, claims, deal, { contactId, companyId }, mayMake),
  );
}
