import type { Crm, HubSpotOptions, WrittenEffect } from "@inlet/crm";
import type { ConformanceSubject } from "@inlet/crm/conformance";
import type { Sandbox } from "@inlet/crm-sandbox";

const TYPES = { contact: "contacts", company: "companies", deal: "deals", activity: "emails", task: "tasks" } as const;

/** Into the bin, as people put it there. */
export function removeRecord({ store }: Sandbox, effect: WrittenEffect, recordId: string): void {
  const file = store.file(recordId);
  if (effect === "file" && file !== undefined) {
    store.putFile({ ...file, archived: true });
    return;
  }
  const object = effect === "file" ? undefined : store.find(TYPES[effect], recordId);
  if (object === undefined) throw new Error(`no ${effect} ${recordId}`);
  store.archive(object, Date.now());
}

/** What people do in HubSpot's pages. Its bin is what other CRMs call deleting: there is nothing to archive. */
export function peopleOf(
  sandbox: Sandbox,
  adapter: (options?: Partial<HubSpotOptions>) => Crm,
): NonNullable<ConformanceSubject["people"]> {
  const { store, app } = sandbox;
  const NAMES = { contact: "firstname", deal: "dealname" } as const;
  const ask = async (method: "POST" | "PATCH" | "DELETE", url: string, payload?: object): Promise<void> => {
    const headers = { authorization: "Bearer people" };
    const answer = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
    if (answer.statusCode >= 300) throw new Error(answer.body);
  };
  return {
    merge: async (effect, into, from) =>
      ask("POST", `/crm/v3/objects/${TYPES[effect]}/merge`, { primaryObjectId: into, objectIdToMerge: from }),
    restore: async (effect, recordId) => {
      if (store.find(TYPES[effect], recordId) !== undefined) removeRecord(sandbox, effect, recordId);
      store.restore(TYPES[effect], recordId, Date.now());
    },
    close: async (dealId, how) =>
      ask("PATCH", `/crm/v3/objects/deals/${dealId}`, { properties: { dealstage: `closed${how}` } }),
    rename: async (effect, recordId, name) => {
      const object = store.find(TYPES[effect], recordId);
      if (object !== undefined) store.update(object, { [NAMES[effect]]: name }, Date.now(), 0);
    },
    nameOf: async (effect, recordId) => store.find(TYPES[effect], recordId)?.properties[NAMES[effect]] ?? "",
    removeStage: async () => {
      await ask("DELETE", "/crm/v3/pipelines/deals/default/stages/contractsent");
      return adapter({ pipeline: "default", stage: "contractsent" });
    },
    removePipeline: async () => {
      await ask("DELETE", "/crm/v3/pipelines/deals/renewals");
      return adapter({ pipeline: "renewals", stage: "renewal_open" });
    },
    removeFields: async () => {
      for (const [type, name] of [
        ["deals", "inlet_conversation"],
        ["emails", "inlet_email_key"],
      ] as const)
        store.undefine(type, name);
    },
    requireField: async () => {
      store.changeAccount({ required: { deals: ["amount"] } });
      return "amount";
    },
    removeOwner: async (dealId) => {
      const deal = store.find("deals", dealId);
      if (deal !== undefined) store.update(deal, { hubspot_owner_id: "77" }, Date.now(), 0);
      store.changeAccount({ owners: ["1"] });
    },
  };
}
