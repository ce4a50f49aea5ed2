import { createHash } from "node:crypto";
import { createOdoo } from "@inlet/crm";
import type { CallReport, Crm, OdooOptions, RecordName } from "@inlet/crm";
import { type ConformanceSubject, LACKS } from "@inlet/crm/conformance";
import { startFaultProxy } from "./fault-proxy.ts";
import { odooPeople } from "./odoo-people.ts";
import type { OdooServer } from "./odoo-server.ts";

/** A client in a hurry waits this long, ms: a real Odoo reads before it writes, and shares the machine with the tests. */
const IMPATIENT_MS = 2_000;

const MODELS: Readonly<Record<RecordName, string>> = {
  contact: "res.partner",
  company: "res.partner",
  deal: "crm.lead",
  activity: "mail.message",
  file: "ir.attachment",
  task: "mail.activity",
};

export interface OdooSubject extends ConformanceSubject {
  readonly calls: CallReport[];
  readonly logged: object[];
  readonly adapter: (options?: Partial<OdooOptions>) => Crm;
  readonly close: () => Promise<void>;
}

/** The Odoo adapter towards a real Odoo, through a proxy that breaks single requests. Records of other tests stay: every test has keys of its own. */
export async function odooSubject(server: OdooServer): Promise<OdooSubject> {
  const proxy = await startFaultProxy(server.url, { lateMs: IMPATIENT_MS + 500 });
  const people = odooPeople(server);
  const calls: CallReport[] = [];
  const logged: object[] = [];
  const opened: Crm[] = [];
  const log = (fields: object, message: string): void => void logged.push({ ...fields, message });
  const adapter = (options: Partial<OdooOptions> = {}): Crm => {
    const crm = createOdoo({
      baseUrl: proxy.origin,
      database: server.database,
      apiKey: () => server.apiKey,
      timeoutMs: 20_000,
      pipeline: null,
      stage: null,
      tenant: "demo",
      log: { warn: log, debug: log },
      onCall: (report) => calls.push(report),
      ...options,
    });
    opened.push(crm);
    return crm;
  };
  const crm = adapter();
  const prepared = await crm.setup.atStart(null, { deadline: performance.now() + 20_000 });
  if (!prepared.ok) throw new Error(`prepare: ${prepared.fault.code}`);

  return {
    crm,
    // Port 9 is refused by the machine itself: no one listens there.
    unreachable: adapter({ baseUrl: "http://127.0.0.1:9" }),
    calls,
    logged,
    adapter,
    impatientMs: IMPATIENT_MS,
    // Every call of Odoo's is one transaction, carried out as a whole or not at all.
    batched: [],
    inject: async (effect, fault) => proxy.add(`/json/2/${MODELS[effect]}/load`, fault),
    landed: () => proxy.landed(),
    count: async (effect, key) => {
      const domain = [getContent(effect, key)];
      return Number(await server.call(MODELS[effect], "search_count", { domain, context: { active_test: false } }));
    },
    remove: async (effect, recordId) => {
      await people.remove(MODELS[effect], Number(recordId));
    },
    addCompany: async (domain) => {
      const vals = [{ name: domain, is_company: true, website: `www.${domain}/about` }];
      const [id] = (await server.call("res.partner", "create", { vals_list: vals })) as number[];
      return String(id);
    },
    addContact: async (phone) => {
      const written = phone.replace(/^(\+\d\d)(\d\d)(\d{4})/, "$1 $2 $3-");
      const [id] = (await server.call("res.partner", "create", {
        vals_list: [{ name: "Mara", phone: written }],
      })) as number[];
      return String(id);
    },
    getCompany: async (contactId) => {
      const [row] = (await server.call("res.partner", "read", { ids: [Number(contactId)], fields: ["parent_id"] })) as {
        parent_id: [number, string] | false;
      }[];
      return row === undefined || row.parent_id === false ? null : String(row.parent_id[0]);
    },
    getDeal: async (recordId) => {
      const [deal = {}] = await rows(server, "crm.lead", Number(recordId), ["stage_id", "tag_ids"]);
      const tags = await Promise.all(
        (deal["tag_ids"] as number[]).map(async (id) => (await rows(server, "crm.tag", id, ["name"]))[0]?.["name"]),
      );
      return { stage: (deal["stage_id"] as [number, string])[1], tags: tags.map(String) };
    },
    addSentMessage: async (messageId, dealId) => {
      const vals = { model: "crm.lead", res_id: Number(dealId), message_type: "comment", message_id: `<${messageId}>` };
      await server.call("mail.message", "create", { vals_list: [{ ...vals, body: "<p>Our offer</p>" }] });
    },
    laterStage: "Qualified",
    people: {
      merge: async (effect, into, from) =>
        effect === "deal"
          ? people.mergeOpportunities(Number(into), Number(from))
          : people.mergeContacts(Number(into), Number(from)),
      archive: async (effect, recordId) =>
        effect === "task" ? people.finish(Number(recordId)) : people.setActive(MODELS[effect], Number(recordId), false),
      restore: async (effect, recordId) => people.setActive(MODELS[effect], Number(recordId), true),
      close: async (dealId, how) => (how === "won" ? people.win(Number(dealId)) : people.lose(Number(dealId))),
      rename: async (effect, recordId, name) => {
        await server.call(MODELS[effect], "write", { ids: [Number(recordId)], vals: { [NAMES[effect]]: name } });
      },
      getName: async (effect, recordId) =>
        String((await rows(server, MODELS[effect], Number(recordId), [NAMES[effect]]))[0]?.[NAMES[effect]]),
      removeStage: async () => adapter({ stage: "A stage that people removed" }),
      removePipeline: async () => adapter({ pipeline: "A team that people removed", stage: "New" }),
      renameStage: async () => adapter({ stage: await people.renamed("crm.stage") }),
      renamePipeline: async () => adapter({ pipeline: await people.renamed("crm.team") }),
      requireField: async () => people.requireField("crm.lead", "x_inlet_region"),
      archiveOwner: async (dealId) => people.archiveOwner(Number(dealId)),
      forbid: async (effect) => people.forbid(MODELS[effect]),
    },
    lacks: LACKS.Odoo,
    close: async () => {
      await Promise.all(opened.map((each) => each.close()));
      await proxy.close();
    },
  };
}

async function rows(server: OdooServer, model: string, id: number, fields: readonly string[]) {
  const found = await server.call(model, "search_read", { domain: [["id", "=", id]], fields });
  return found as readonly Record<string, unknown>[];
}

const NAMES = {
  contact: "name",
  company: "name",
  deal: "name",
  task: "summary",
  file: "name",
  activity: "subject",
} as const;

/** What only this test's records have in them, beside their external id. */
function getContent(effect: RecordName, key: string): readonly [string, string, string] {
  const id = key.slice(4);
  switch (effect) {
    case "contact":
      return ["email_normalized", "=", key];
    case "company":
      return ["website", "=", `https://${key}`];
    case "deal":
      return ["name", "=", `Anfrage ${id}`];
    case "activity":
      return ["message_id", "=", `<${key}@mail.example.com>`];
    case "task":
      return ["summary", "ilike", id.split("/")[0] ?? ""];
    case "file":
      return [
        "checksum",
        "=",
        createHash("sha1")
          .update(`%PDF ${id.split("/")[0]}`)
          .digest("hex"),
      ];
  }
}
