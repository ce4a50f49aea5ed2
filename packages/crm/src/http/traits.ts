import type { Crm, EffectTraits } from "../port.ts";
import type { CrmRequests, DescribedRequests } from "./requests.ts";

/** What the tenant's file says of each write decides how an unknown one is settled; what it leaves out is left to an operator. */
export function httpTraits(requests: CrmRequests, settleMs = 15_000): Crm["traits"] {
  const traitOf = (described: DescribedRequests | undefined): EffectTraits => {
    if (described?.idempotent === true) return { settle: "upsert-by-key", settleMs };
    return { settle: described?.lookup === undefined ? "none" : "consistent-lookup", settleMs };
  };
  const { contact, company, deal, activity, file, task } = requests;
  return {
    contact: traitOf(contact),
    company: traitOf(company),
    deal: traitOf(deal),
    activity: traitOf(activity),
    file: traitOf(file),
    task: traitOf(task),
    // The same stage and the same tags once more change nothing.
    stage: { settle: "upsert-by-key", settleMs },
  };
}
