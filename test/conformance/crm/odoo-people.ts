import type { OdooServer } from "./odoo-server.ts";

/** What salespeople do in Odoo's pages, by the wizards and buttons that they use there. */
export interface OdooPeople {
  /** The wizard behind "Merge" of contacts: `from` is deleted. */
  mergeContacts(into: number, from: number): Promise<void>;
  /** The wizard behind "Merge" of opportunities: the one that is surer stays. */
  mergeOpportunities(into: number, from: number): Promise<void>;
  setActive(model: string, id: number, active: boolean): Promise<void>;
  /** The button "Lost": an opportunity is archived, at a probability of 0. */
  lose(dealId: number): Promise<void>;
  /** The button "Won". */
  win(dealId: number): Promise<void>;
  remove(model: string, id: number): Promise<void>;
  /** The button "Done" of a planned activity. */
  finish(activityId: number): Promise<void>;
  /** Makes a stage or a team, and calls it otherwise; answers its id. */
  renamed(model: "crm.stage" | "crm.team"): Promise<string>;
  /** A field of the company's own, which every record must have. */
  requireField(model: string, name: string): Promise<{ readonly name: string; end(): Promise<void> }>;
  /** Gives the opportunity a salesperson who leaves. */
  archiveOwner(dealId: number): Promise<void>;
  /** Takes the right to create from everybody; answers how it is given back. */
  forbid(model: string): Promise<() => Promise<void>>;
}

export function odooPeople(server: OdooServer): OdooPeople {
  const run = async (wizard: string, vals: object, action: string): Promise<void> => {
    const ids = await server.call(wizard, "create", { vals_list: [vals] });
    await server.call(wizard, action, { ids });
  };
  const create = async (model: string, vals: object): Promise<number> => {
    const [id = 0] = (await server.call(model, "create", { vals_list: [vals] })) as number[];
    return id;
  };
  return {
    mergeContacts: async (into, from) =>
      run(
        "base.partner.merge.automatic.wizard",
        { state: "selection", partner_ids: [[6, 0, [into, from]]], dst_partner_id: into },
        "action_merge",
      ),
    mergeOpportunities: async (into, from) => {
      await server.call("crm.lead", "write", { ids: [into], vals: { probability: 90 } });
      await run("crm.merge.opportunity", { opportunity_ids: [[6, 0, [into, from]]] }, "action_merge");
    },
    setActive: async (model, id, active) => {
      await server.call(model, "write", { ids: [id], vals: { active } });
    },
    lose: async (dealId) => {
      await server.call("crm.lead", "action_set_lost", { ids: [dealId] });
    },
    win: async (dealId) => {
      await server.call("crm.lead", "action_set_won", { ids: [dealId] });
    },
    remove: async (model, id) => {
      await server.call(model, "unlink", { ids: [id] });
    },
    finish: async (activityId) => {
      await server.call("mail.activity", "action_feedback", { ids: [activityId] });
    },
    renamed: async (model) => {
      const id = await create(model, { name: `Before ${Date.now()}`, sequence: 90 });
      await server.call(model, "write", { ids: [id], vals: { name: `As people call it ${Date.now()}` } });
      return String(id);
    },
    requireField: async (model, name) => {
      const [found] = (await server.call("ir.model", "search", { domain: [["model", "=", model]] })) as number[];
      const field = { name, model_id: found, field_description: "Region", ttype: "char" };
      const id = await create("ir.model.fields", field);
      // Odoo asks for it only where every record that is there has it.
      const ids = await server.call(model, "search", { domain: [], context: { active_test: false } });
      await server.call(model, "write", { ids, vals: { [name]: "North" } });
      await server.call("ir.model.fields", "write", { ids: [id], vals: { required: true } });
      return { name, end: async () => void (await server.call("ir.model.fields", "unlink", { ids: [id] })) };
    },
    archiveOwner: async (dealId) => {
      const user = await create("res.users", { name: "Leaver", login: `leaver-${dealId}@inlet.example` });
      await server.call("crm.lead", "write", { ids: [dealId], vals: { user_id: user } });
      await server.call("res.users", "write", { ids: [user], vals: { active: false } });
    },
    forbid: async (model) => {
      const domain = [
        ["model_id.model", "=", model],
        ["perm_create", "=", true],
      ];
      const ids = await server.call("ir.model.access", "search", { domain });
      const set = async (perm_create: boolean): Promise<void> => {
        await server.call("ir.model.access", "write", { ids, vals: { perm_create } });
      };
      await set(false);
      return async () => set(true);
    },
  };
}
