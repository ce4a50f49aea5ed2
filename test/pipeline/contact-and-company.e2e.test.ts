import { readFile, writeFile } from "node:fs/promises";
import { duplicatesIn } from "@inlet/crm-sandbox";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually, runInlet, type RunningInlet, type Service } from "../running/running-inlet.ts";

/** WR2 on the running system, with two sinks: contacts and emails are tied to the company of the sender's domain; a contact is found by phone. */
let inlet: RunningInlet;
let gateway: Service;

beforeAll(async () => {
  inlet = await runInlet();
  const file = await readFile(inlet.tenantFile, "utf8");
  await writeFile(
    inlet.tenantFile,
    file.replace("newDeal: create", "newDeal: create, companies: create, contactByPhone: on"),
  );
  [gateway] = await Promise.all([
    inlet.start("ingest-gateway"),
    inlet.start("parser"),
    inlet.start("crm-sink"),
    inlet.start("crm-sink"),
  ]);
}, 300_000);
afterAll(async () => inlet?.close());

it("an email and its new contact are tied to the company that people made", async () => {
  const company = made("companies", { name: "Acme", domain: "acme.test" });
  const delivery = await written(await post("known", "ada@mail.acme.test"));
  expect(delivery.evidence["company"]).toMatchObject({ matchedBy: "domain", confidence: "high" });
  expect(findCompanies("emails", getRecord(delivery, "activity"))).toEqual([company]);
  expect(findCompanies("contacts", getRecord(delivery, "contact"))).toEqual([company]);
}, 120_000);

it("twelve new people of a new company write at once: it is made once, and all belong to it", async () => {
  const people = Array.from({ length: 12 }, (_, n) => `person-${n}@newco.test`);
  const events = await Promise.all(people.map(async (from, n) => post(`new-${n}`, from)));
  const all = await Promise.all(events.map(written));
  const [company, second] = inlet.sandbox.store.all("companies").filter(({ properties }) => isNew(properties));
  expect(second).toBeUndefined();
  for (const delivery of all) {
    expect(findCompanies("emails", getRecord(delivery, "activity"))).toEqual([company?.id]);
    expect(findCompanies("contacts", getRecord(delivery, "contact"))).toEqual([company?.id]);
  }
  expect(duplicatesIn(inlet.sandbox.store)).toEqual([]);
}, 120_000);

// docs/concepts/protocol.md, section 13: what is gone is looked for again and written once more; only an activity that a person deleted stays deleted.
it("a company that a person deleted is made once more with the next mail of its domain, which is tied to it", async () => {
  const { store } = inlet.sandbox;
  const company = store.all("companies").find(({ properties }) => isNew(properties));
  if (company === undefined) throw new Error("the company is not in the CRM");
  store.archive(company, Date.now());
  const first = await written(await post("deleted-1", "other-1@newco.test"));
  expect(first.warnings).toEqual([expect.stringMatching(/^record_gone: the company/)]);
  const next = await written(await post("deleted-2", "other-2@newco.test"));
  expect(next.warnings).toEqual([]);
  const again = store.all("companies").filter(({ properties }) => isNew(properties));
  expect(again).toHaveLength(1);
  for (const delivery of [first, next])
    expect(findCompanies("emails", getRecord(delivery, "activity"))).toEqual([again[0]?.id]);
}, 120_000);

it("an unknown address with the phone number of one contact is that contact, whose address stays", async () => {
  const contact = made("contacts", { email: "bo@acme.test", phone: "+49 30 1234 5678" });
  const delivery = await written(await post("phone", "bo.private@gmail.com", "-- \r\nBo Lind\r\nTel. +49 30 12345678"));
  expect(getRecord(delivery, "contact")).toBe(contact);
  expect(delivery.evidence["contact"]).toMatchObject({ matchedBy: "phone", confidence: "medium" });
  expect(delivery.evidence["company"]).toMatchObject({ matchedBy: "none", detail: "gmail.com is a mail provider's" });
  expect(inlet.sandbox.store.find("contacts", contact)?.properties["email"]).toBe("bo@acme.test");
  expect(await inlet.inlet("reconcile")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("every email is accounted for"),
  });
}, 120_000);

async function post(id: string, from: string, signature = ""): Promise<string> {
  return inlet.post(
    gateway,
    id,
    `From: ${from}\r\nTo: sales@inlet.example\r\nSubject: ${id}\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <${id}@example.com>\r\n\r\nBody of ${id}\r\n${signature}\r\n`,
  );
}

/** A record that a person made a minute ago, so that the search index has it. */
function made(type: "companies" | "contacts", properties: Record<string, string>): string {
  return inlet.sandbox.store.create(type, properties, Date.now() - 60_000).id;
}

function isNew(properties: Readonly<Record<string, string>>): boolean {
  return properties["domain"] === "newco.test";
}

type Delivery = NonNullable<Awaited<ReturnType<RunningInlet["ledger"]["inspect"]["delivery"]>>>;

async function written(eventId: string): Promise<Delivery> {
  return eventually(
    `${eventId} to be written`,
    async () => {
      const delivery = await inlet.ledger.inspect.delivery("acme", eventId);
      return delivery?.state === "written" ? delivery : null;
    },
    60_000,
  );
}

function getRecord(delivery: Delivery, effect: string): string {
  return delivery.effects.find((each) => each.effect === effect)?.recordId ?? "";
}

function findCompanies(type: "contacts" | "emails", id: string): string[] {
  const { store } = inlet.sandbox;
  const record = store.find(type, id);
  return record === undefined ? [] : store.associated(record, "companies").map(({ toId }) => toId);
}
