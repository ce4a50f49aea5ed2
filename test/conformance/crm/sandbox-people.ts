import type { Crm, HubSpotOptions, RecordName } from "@inlet/crm";
import type { ConformanceSubject } from "@inlet/crm/conformance";
import type { Sandbox } from "@inlet/crm-sandbox";

const TYPES = { contact: "contacts", company: "companies", deal: "deals", activity: "emails", task: "tasks" } as const;

const NAMES = {
  contact: "firstname",
  company: "name",
  deal: "dealname",
  task: "hs_task_subject",
  activity: "hs_email_subject",
} as const;

/** Calls a stage or a pipeline otherwise. */
function relabel(store: Sandbox["store"], id: string): void {
  const renamed = <T extends { readonly id: string; readonly label: string }>(each: T): T =>
    each.id === id ? { ...each, label: "As people call it" } : each;
  const pipelines = store.account.pipelines.map(renamed);
  store.changeAccount({ pipelines: pipelines.map((each) => ({ ...each, stages: each.stages.map(renamed) })) });
}

/** Into the bin, as people put it there. */
export function removeRecord({ store }: Sandbox, effect: RecordName, recordId: string): void {
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
export function createPeople(
  sandbox: Sandbox,
  adapter: (options?: Partial<HubSpotOptions>) => Crm,
  writePath: Readonly<Record<RecordName, string>>,
): NonNullable<ConformanceSubject["people"]> {
  const { store, app } = sandbox;
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
      const file = store.file(recordId);
      if (effect === "file" && file !== undefined) store.putFile({ ...file, name });
      const object = effect === "file" ? undefined : store.find(TYPES[effect], recordId);
      if (effect !== "file" && object !== undefined) store.update(object, { [NAMES[effect]]: name }, Date.now(), 0);
    },
    getName: async (effect, recordId) =>
      effect === "file"
        ? (store.file(recordId)?.name ?? "")
        : (store.find(TYPES[effect], recordId)?.properties[NAMES[effect]] ?? ""),
    removeStage: async () => {
      await ask("DELETE", "/crm/v3/pipelines/deals/default/stages/contractsent");
      return adapter({ pipeline: "default", stage: "contractsent" });
    },
    removePipeline: async () => {
      await ask("DELETE", "/crm/v3/pipelines/deals/renewals");
      return adapter({ pipeline: "renewals", stage: "renewal_open" });
    },
    renameStage: async () => {
      relabel(store, "contractsent");
      return adapter({ pipeline: "default", stage: "contractsent" });
    },
    renamePipeline: async () => {
      relabel(store, "renewals");
      return adapter({ pipeline: "renewals", stage: "renewal_open" });
    },
    forbid: async (effect) => {
      const { id } = sandbox.faults.add({ match: { method: "POST", path: writePath[effect] }, status: 403 });
      return async () => void sandbox.faults.remove(id);
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
      return { name: "amount", end: async () => store.changeAccount({ required: {} }) };
    },
    removeOwner: async (dealId) => {
      const deal = store.find("deals", dealId);
      if (deal !== undefined) store.update(deal, { hubspot_owner_id: "77" }, Date.now(), 0);
      store.changeAccount({ owners: ["1"] });
    },
  };
}
