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
}

export function odooPeople(server: OdooServer): OdooPeople {
  const run = async (wizard: string, vals: object, action: string): Promise<void> => {
    const ids = await server.call(wizard, "create", { vals_list: [vals] });
    await server.call(wizard, action, { ids });
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
  };
}
