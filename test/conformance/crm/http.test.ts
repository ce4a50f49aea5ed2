import { readFileSync } from "node:fs";
import { readTenant } from "@inlet/config";
import { createCrm, type Crm, type HttpSettings, type RecordName } from "@inlet/crm";
import {
  CRM_CONFORMANCE,
  type ConformanceSubject,
  CRM_CHANGE_CONFORMANCE,
  CRM_MATCHING_CONFORMANCE,
  LACKS,
} from "@inlet/crm/conformance";
import { memoryGrants } from "@inlet/crm/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFaultProxy } from "./fault-proxy.ts";
import { startJsonApi, type Guard } from "./json-api.ts";

const guide = readFileSync(new URL("../../../docs/guides/http-crm.md", import.meta.url), "utf8");
const EXAMPLE = /```yaml\n([^]*?)```/.exec(guide)?.[1] ?? "";
const COLLECTIONS: Readonly<Record<RecordName, string>> = {
  contact: "contacts",
  company: "companies",
  deal: "deals",
  activity: "activities",
  file: "files",
  task: "tasks",
};

const NAMES = {
  contact: "first_name",
  company: "name",
  deal: "title",
  activity: "subject",
  file: "filename",
  task: "title",
} as const;

function read(crm: string, baseUrl: string): ReturnType<typeof readTenant> {
  const text = `name: Acme
sources: { web: { kind: signed-json, secrets: [env:SECRET] } }
mailboxes: { sales: { addresses: [sales@inlet.example] } }
${crm}`;
  const env = { SECRET: "open-sesame-0123456789", CRM_TOKEN: "token-of-demo", CRM_BASE_URL: baseUrl };
  return readTenant("acme", text, { where: "config/tenants/acme.yaml", env, baseDir: "config/tenants" });
}

/** The guide's example as the tenant's file, with the API that it describes behind a proxy that breaks requests. */
async function createSubject(guard: Guard, onUpdate: (idempotencyKey: unknown) => void = () => {}) {
  const api = await startJsonApi(guard, onUpdate);
  const proxy = await startFaultProxy(api.origin, { lateMs: 900 });
  const logged: object[] = [];
  const log = (fields: object, message: string): void => void logged.push({ ...fields, message });
  const opened: Crm[] = [];
  const adapter = (baseUrl: string, place: { readonly stage?: string } = {}): Crm => {
    const { tenant, faults } = read(EXAMPLE, baseUrl);
    expect(faults).toEqual([]);
    const config = tenant?.crm as HttpSettings;
    const { contact, company, deal, activity, file, task, ping } = config.requests;
    const idempotent = guard === "idempotency-key";
    const requests = {
      ping,
      contact: { ...contact, idempotent },
      activity: { ...activity, idempotent },
      ...(company === undefined ? {} : { company: { ...company, idempotent } }),
      ...(deal === undefined ? {} : { deal: { ...deal, idempotent } }),
      ...(file === undefined ? {} : { file: { ...file, idempotent } }),
      ...(task === undefined ? {} : { task: { ...task, idempotent } }),
    };
    const settings: HttpSettings = { ...config, ...place, requests };
    const crm = createCrm(settings, { tenant: "acme", grants: memoryGrants(), log: { warn: log, debug: log } });
    opened.push(crm);
    return crm;
  };
  const subject: ConformanceSubject = {
    crm: adapter(proxy.origin),
    // Port 9 is refused by the machine itself: no one listens there.
    unreachable: adapter("http://127.0.0.1:9"),
    // A contact is looked up before it is written, on a machine that other tests use as well.
    impatientMs: 500,
    batched: [],
    inject: async (effect, fault) => proxy.add(`/${COLLECTIONS[effect]}`, fault),
    landed: () => proxy.landed(),
    count: async (effect, key) => api.all(COLLECTIONS[effect]).filter(({ external_id: id }) => id === key).length,
    remove: async (effect, recordId) => api.remove(COLLECTIONS[effect], recordId),
    addCompany: async (domain) => api.add("companies", { name: domain, domain }),
    addContact: async (phone) => api.add("contacts", { first_name: "Mara", phone }),
    getCompany: async (contactId) => {
      const company = api.all("contacts").find(({ id }) => id === contactId)?.["company"];
      return typeof company === "string" ? company : null;
    },
    getDeal: async (recordId) => {
      const deal = api.all("deals").find(({ id }) => id === recordId);
      return { stage: String(deal?.["stage"]), tags: deal?.["tags"] as string[] };
    },
    laterStage: "qualified",
    people: {
      merge: async (effect, into, from) => api.merge(COLLECTIONS[effect], into, from),
      close: async (dealId, how) => api.change("deals", dealId, { stage: how }),
      rename: async (effect, recordId, name) => api.change(COLLECTIONS[effect], recordId, { [NAMES[effect]]: name }),
      getName: async (effect, recordId) =>
        String(api.all(COLLECTIONS[effect]).find(({ id }) => id === recordId)?.[NAMES[effect]]),
      removeStage: async () => adapter(proxy.origin, { stage: "negotiation" }),
      requireField: async () => ({ name: "amount", end: api.require("deals", "amount") }),
      forbid: async (effect) => api.forbid(COLLECTIONS[effect]),
    },
    lacks: LACKS.HTTP,
  };
  const close = async (): Promise<void> => {
    await Promise.all(opened.map(async (each) => each.close()));
    await proxy.close();
    await api.close();
  };
  return { subject, api, logged, close };
}

/** WR1, WR11: the guide's example keeps every promise of the port. */
describe.each(["unique-key", "idempotency-key"] as const)("the guide's HTTP CRM, guarded by %s", (guard) => {
  // Every case has keys of its own, and ends what it changes of the API: one API does for all of them.
  let shared: Awaited<ReturnType<typeof createSubject>>;
  beforeAll(async () => {
    shared = await createSubject(guard);
  });
  afterAll(async () => shared?.close());

  test.each([...CRM_CONFORMANCE, ...CRM_MATCHING_CONFORMANCE, ...CRM_CHANGE_CONFORMANCE])(
    "$name",
    async (conformanceCase) => {
      await conformanceCase.run(shared.subject);
      expect(JSON.stringify(shared.logged)).not.toContain("@");
    },
  );
});

describe("what the tenant's file says", () => {
  test("decides how an unknown write is settled; what it leaves out stays for an operator", async () => {
    const { subject, close } = await createSubject("unique-key");
    expect(subject.crm.records.contact.settle.how).toBe("consistent-lookup");
    await close();
    const bare = read(EXAMPLE.replaceAll(/\n {6}lookup: .*/g, ""), "http://127.0.0.1:9");
    expect(bare.faults).toEqual([]);
    const crm = createCrm(bare.tenant?.crm as HttpSettings, {
      tenant: "acme",
      grants: memoryGrants(),
      log: { warn() {}, debug() {} },
    });
    expect(crm.records.activity.settle.how).toBe("none");
    await crm.close();
  });

  test("is refused with every fault at once: unknown placeholders, lists in a text, parts that are missing", () => {
    const { tenant, faults } = read(
      EXAMPLE.replace("{{email}}", "{{mail}}")
        .replace('"{{tags}}"', '"tags: {{tags}}"')
        .replace(/\n {4}file:[^]*/, "\n"),
      "http://127.0.0.1:9",
    );
    expect(tenant).toBeNull();
    expect(JSON.stringify(faults)).toMatch(/crm\.requests\.contact\.write\.body\.email/);
    expect(JSON.stringify(faults)).toMatch(/unknown placeholder \{\{mail\}\}/);
    expect(JSON.stringify(faults)).toMatch(/crm\.requests\.deal\.write\.body\.tags/);
    expect(JSON.stringify(faults)).toMatch(/crm\.files/);
  });

  test("a look-up that answers with another record is an outage, never a record and never a miss", async () => {
    const api = await startJsonApi("unique-key");
    // An API that ignores its filter.
    const { tenant, faults } = read(
      EXAMPLE.replace("/contacts?email={{key}}", "/contacts?external_id=b@example.com"),
      api.origin,
    );
    expect(faults).toEqual([]);
    const crm = createCrm(tenant?.crm as HttpSettings, {
      tenant: "acme",
      grants: memoryGrants(),
      log: { warn() {}, debug() {} },
    });
    const options = { deadline: performance.now() + 5_000 };
    const b = await crm.records.contact.write({ email: "b@example.com", firstName: null, lastName: null }, options);
    expect(await crm.records.contact.lookup({ key: "b@example.com", since: null }, options)).toEqual({
      ok: true,
      value: { recordId: b.ok ? b.value.recordId : "" },
    });
    expect(await crm.records.contact.lookup({ key: "a@example.com", since: null }, options)).toMatchObject({
      ok: false,
      fault: { kind: "outage", code: "http:lookup-mismatch", unknown: false },
    });
    await crm.close();
    await api.close();
  });

  test("a contact whom somebody made before Inlet is found, not made again and not overwritten", async () => {
    const { subject, api, close } = await createSubject("idempotency-key");
    const headers = { authorization: "Bearer token-of-demo", "content-type": "application/json" };
    const body = JSON.stringify({ email: "ada@example.com", first_name: "Ada" });
    await fetch(`${api.origin}/contacts`, { method: "POST", headers, body });
    const options = { deadline: performance.now() + 5_000 };
    const contact = { email: "ada@example.com", firstName: "A.", lastName: null };
    const found = await subject.crm.records.contact.write(contact, options);
    expect(api.all("contacts")).toMatchObject([{ first_name: "Ada" }]);
    expect(found).toEqual({ ok: true, value: { recordId: api.all("contacts")[0]?.id, created: false } });
    await close();
  });

  test("a deal's id of a form that the API refuses is no deal, and no fault of the email's", async () => {
    const { subject, close } = await createSubject("unique-key");
    const options = { deadline: performance.now() + 5_000 };
    expect(await subject.crm.records.deal.read("foo", options)).toEqual({ ok: true, value: null });
    await close();
  });

  test("an update back to an older value is written, though the API remembers keys", async () => {
    const keys: unknown[] = [];
    const { subject, api, close } = await createSubject("idempotency-key", (key) => keys.push(key));
    const options = { deadline: performance.now() + 5_000 };
    const headers = { authorization: "Bearer token-of-demo", "content-type": "application/json" };
    await fetch(`${api.origin}/activities`, {
      method: "POST",
      headers,
      body: JSON.stringify({ external_id: "eml_1" }),
    });
    const id = api.all("activities")[0]?.id ?? "";
    for (const subjectLine of ["X", "Y", "X"])
      await subject.crm.records.activity.update({ recordId: id, changed: { subject: subjectLine } }, options);
    expect(api.all("activities")).toMatchObject([{ subject: "X" }]);
    expect(new Set(keys).size).toBe(3);
    await close();
  });
});
