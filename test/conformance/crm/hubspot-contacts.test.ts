import { afterEach, beforeEach, expect, test } from "vitest";
import { hubSpotSubject, type HubSpotSubject } from "./sandbox-subject.ts";

const PHONE = "+493012345678";
let subject: HubSpotSubject;
beforeEach(async () => {
  subject = await hubSpotSubject("v3", { searchLagMs: 0 });
});
afterEach(async () => subject.close());

/** Contacts as people write them; HubSpot's search knows their numbers without country codes. */
function contacts(...written: Record<string, string>[]): string[] {
  return written.map((properties) => subject.sandbox.store.create("contacts", properties, Date.now()).id);
}

async function found(): Promise<string | null> {
  const result = await subject.crm.records.contact.findByPhone(PHONE, { deadline: performance.now() + 5_000 });
  if (!result.ok) throw new Error(result.fault.code);
  return result.value?.recordId ?? null;
}

test("a number without a country code counts as one of the same country", async () => {
  const [ada] = contacts({ firstname: "Ada", phone: "30 1234 5678" });
  expect(await found()).toBe(ada);
});

test("a mobile number counts as well; two contacts that have the number are none", async () => {
  const [bo] = contacts({ firstname: "Bo", mobilephone: "+49 (30) 1234-5678" });
  expect(await found()).toBe(bo);
  contacts({ firstname: "Ada", phone: PHONE });
  expect(await found()).toBeNull();
});

test("the same national number in another country is somebody else's", async () => {
  contacts({ firstname: "Bo", phone: "+39 30 1234 5678" });
  expect(await found()).toBeNull();
});

test("a number that very many have is no one's own", async () => {
  contacts(...Array.from({ length: 25 }, () => ({ firstname: "Bo", phone: "+39 30 1234 5678" })), { phone: PHONE });
  expect(await found()).toBeNull();
});

test("a contact's further address is that contact, alone, in a batch, with a company, and stays further", async () => {
  const [ada] = contacts({ email: "ada@acme.example", hs_additional_emails: "ada@home.example;a.l@home.example" });
  const companyId = await subject.addCompany("acme.example");
  const options = { deadline: performance.now() + 5_000 };
  const contact = { email: "a.l@home.example", firstName: "Ada", lastName: null };
  const there = { ok: true, value: { recordId: ada, created: false } };
  expect(await subject.crm.records.contact.write(contact, options)).toEqual(there);
  expect(await subject.crm.records.contact.write({ ...contact, companyId }, options)).toEqual(there);
  const batch = await subject.crm.records.contact.write.batch?.send([contact], options);
  // A row that a taken key refused is sent again by itself.
  expect(batch).toMatchObject({ ok: true, value: [{ ok: false, fault: { kind: "record-passing", unknown: false } }] });
  expect(subject.sandbox.store.all("contacts")).toMatchObject([{ properties: { email: "ada@acme.example" } }]);
});
