import { readTenant } from "@inlet/config";
import { createCrm, CRM_KINDS, type CrmSettings } from "@inlet/crm";
import { CRM_CONFORMANCE, CRM_MATCHING_CONFORMANCE, type ConformanceSubject } from "@inlet/crm/conformance";
import { memoryGrants } from "@inlet/crm/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { toyKind } from "./toy/kind.ts";
import { createToyServer } from "./toy/toy-server.ts";

const server = createToyServer();
/** The line in the registry. */
const KINDS = [...CRM_KINDS, toyKind(server)];

function read(crm: string) {
  const text = `name: Acme
sources: { web: { kind: signed-json, secrets: [env:SECRET] } }
mailboxes: { sales: { addresses: [sales@acme.example] } }
crm: { kind: toy, token: env:TOKEN${crm} }`;
  const env = { SECRET: "open-sesame-0123456789", TOKEN: "token-of-toy" };
  return readTenant("acme", text, { where: "acme.yaml", env, baseDir: "", crmKinds: KINDS });
}

function connect(crm: string) {
  const { tenant, faults } = read(crm);
  if (tenant === null) throw new Error(JSON.stringify(faults));
  const context = { tenant: "acme", grants: memoryGrants(), log: { warn() {}, debug() {} } };
  return createCrm(tenant.crm satisfies CrmSettings, context, KINDS);
}

describe("a CRM that is one folder and one line: its settings", () => {
  test("are read from a tenant's file beside those of every kind, with its own quota and faults", () => {
    expect(read(", seats: 7, companies: create").tenant?.crm).toMatchObject({
      kind: "toy",
      seats: 7,
      companies: "create",
      quota: { perSecond: 10, burst: 20 },
    });
    expect(read(", seats: 501").faults).toMatchObject([{ field: "crm.seats", problem: "is more than Toy sells" }]);
    expect(read(", seat: 7").faults).toMatchObject([{ field: "crm.seat", remedy: 'Did you mean "seats"?' }]);
  });

  test("are no kind of Inlet's own where the line is missing", () => {
    const { faults } = readTenant("acme", "name: Acme\nsources: {}\nmailboxes: {}\ncrm: { kind: toy }", {
      where: "acme.yaml",
      env: {},
      baseDir: "",
    });
    expect(faults).toMatchObject([{ field: "crm.kind", problem: "is not one of hubspot, odoo, http" }]);
  });
});

describe("its adapter", () => {
  const crm = connect("");
  const rows = () => [...server.rows.values()];
  const subject: ConformanceSubject = {
    crm,
    unreachable: connect(", baseUrl: 'http://127.0.0.1:9'"),
    batched: [],
    inject: async (type, fault) => server.inject(type, fault),
    landed: async () => server.landed(),
    count: async (type, key) => rows().filter((row) => row.type === type && row.key === key).length,
    remove: async (_, recordId) => void server.rows.delete(recordId),
    addCompany: async (domain) => server.insert("company", null, { domain }, Date.now() - 60_000)?.id ?? "",
    addContact: async (phone) => server.insert("contact", null, { phone }, Date.now() - 60_000)?.id ?? "",
    contactAs: (kind) => connect(`, contactAs: ${kind}`),
    getCompany: async (contactId) => (server.rows.get(contactId)?.fields["companyId"] ?? null) as string | null,
    getDeal: async (recordId) => {
      const { stage, tags } = server.rows.get(recordId)?.fields ?? {};
      return { stage: String(stage), tags: tags as string[] };
    },
    laterStage: "later",
    lacks: {},
    lag: async (what, ms) => void (server.lagMs[what] = ms),
  };

  test("only verifies at start what an operator is to make, and says so", async () => {
    const soon = { deadline: performance.now() + 5_000 };
    expect(await crm.setup.atStart(null, soon)).toMatchObject({ ok: false, fault: { code: "toy:not-prepared" } });
    expect(await crm.setup.prepare(null, soon)).toEqual({ ok: true, value: { made: ["inlet_key"] } });
    expect(await crm.setup.atStart(null, soon)).toEqual({ ok: true, value: null });
  });

  describe("keeps every promise of the port", () => {
    beforeAll(() => void server.fields.add("inlet_key"));
    test.each([...CRM_CONFORMANCE, ...CRM_MATCHING_CONFORMANCE])("$name", async (promise) => promise.run(subject));
  });
});
