import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import type { CallResult, Written } from "../src/port.ts";
import { faultOf, okOf, plainId, soon, type ConformanceCase } from "./subject.ts";
import { activityInput, dealInput } from "./writes.ts";

/** What an adapter promises of matching by domain and phone, beside what holds of every record that it makes. */
export const CRM_MATCHING_CONFORMANCE: readonly ConformanceCase[] = [
  {
    name: "sent message: the best of those that people sent from the CRM names its deal; an email that came in names none",
    run: async ({ crm, addSentMessage }) => {
      const { findSent } = crm.records.activity;
      assert.equal(findSent !== undefined, addSentMessage !== undefined);
      if (findSent === undefined) return;
      const id = plainId();
      const ids = ["third", "second", "first"].map((name) => `${name}.${id}@CRM.example`);
      assert.equal(okOf(await findSent(ids, soon())), null);
      if (addSentMessage === undefined) return;
      const contact = { email: `mara.${id}@example.com`, firstName: null, lastName: null };
      const contactId = okOf(await crm.records.contact.write(contact, soon())).recordId;
      const dealIds: string[] = [];
      for (const name of ["a", "b"])
        dealIds.push(okOf(await crm.records.deal.write(dealInput(`${name}${id}`, contactId), soon())).recordId);
      const [a = "", b = ""] = dealIds;
      await addSentMessage(`first.${id}@CRM.example`, a);
      await addSentMessage(`second.${id}@CRM.example`, b);
      const found = okOf(await findSent(ids, soon()));
      assert.deepEqual(found, { messageId: `second.${id}@CRM.example`, dealId: b });
      const input = activityInput(`eml_${id}`, contactId, contact.email);
      okOf(await crm.records.activity.write({ ...input, dealId: a }, soon()));
      assert.equal(okOf(await findSent([input.messageId ?? ""], soon())), null);
    },
  },
  {
    name: "company: one that people made is found by its domain, and by no other",
    run: async ({ crm, addCompany }) => {
      const domain = newDomain();
      assert.equal(okOf(await crm.records.company.find(domain, soon())), null);
      const recordId = await addCompany(domain);
      assert.deepEqual(okOf(await crm.records.company.find(domain, soon())), { recordId, several: false });
      for (const other of [`x${domain}`, `${domain}.example`]) {
        assert.equal(okOf(await crm.records.company.find(other, soon())), null, other);
      }
    },
  },
  {
    name: "company: of several with one domain the oldest is taken",
    run: async ({ crm, addCompany }) => {
      const domain = newDomain();
      const oldest = await addCompany(domain);
      await addCompany(domain);
      assert.equal(okOf(await crm.records.company.find(domain, soon()))?.recordId, oldest);
    },
  },
  {
    name: "company: a new contact belongs to it, a contact that is there stays as it is",
    run: async ({ crm, addCompany, companyOf }) => {
      const companyId = await addCompany(newDomain());
      const contact = (): { email: string; firstName: string; lastName: string } => {
        return { email: `mara@${newDomain()}`, firstName: "Mara", lastName: "Núñez" };
      };
      const joined = contact();
      const first = okOf(await crm.records.contact.write({ ...joined, companyId }, soon()));
      assert.equal(await companyOf(first.recordId), companyId);
      const again = okOf(await crm.records.contact.write({ ...joined, companyId }, soon()));
      assert.equal(again.recordId, first.recordId);

      const alone = contact();
      const known = okOf(await crm.records.contact.write(alone, soon()));
      assert.equal(okOf(await crm.records.contact.write({ ...alone, companyId }, soon())).recordId, known.recordId);
      assert.equal(await companyOf(known.recordId), null);
    },
  },
  {
    name: "company: five contacts at once of one address are one contact of it",
    run: async ({ crm, addCompany, companyOf, count }) => {
      const companyId = await addCompany(newDomain());
      const contact = { email: `mara@${newDomain()}`, firstName: null, lastName: null, companyId };
      const results = await Promise.all(Array.from({ length: 5 }, () => crm.records.contact.write(contact, soon())));
      for (const result of results) assert.ok(result.ok || result.fault.kind === "record-passing");
      assert.equal(await count("contact", contact.email, ""), 1);
      assert.equal(await companyOf(okOf(await crm.records.contact.write(contact, soon())).recordId), companyId);
    },
  },
  {
    name: "company: contacts written many at a time belong to theirs",
    run: async ({ crm, addCompany, companyOf }) => {
      const batch = crm.records.contact.write.batch;
      if (batch === undefined) return;
      const companies = [await addCompany(newDomain()), null, await addCompany(newDomain())];
      const contacts = companies.map((companyId) => {
        return { email: `mara@${newDomain()}`, firstName: "Mara", lastName: null, companyId };
      });
      for (let times = 0; times < 2; times += 1) {
        const rows: readonly CallResult<Written>[] = okOf(await batch.send(contacts, soon()));
        assert.deepEqual(await Promise.all(rows.map((row) => companyOf(okOf(row).recordId))), companies);
      }
    },
  },
  {
    name: "contact: the only one with a phone number is found by it, of two none is",
    run: async ({ crm, addContact }) => {
      const phone = `+4930${randomInt(10_000_000, 99_999_999)}`;
      assert.equal(okOf(await crm.records.contact.findByPhone(phone, soon())), null);
      const recordId = await addContact(phone);
      assert.deepEqual(okOf(await crm.records.contact.findByPhone(phone, soon())), { recordId });
      const near = `${phone.slice(0, -1)}${(Number(phone.at(-1)) + 1) % 10}`;
      assert.equal(okOf(await crm.records.contact.findByPhone(near, soon())), null);
      await addContact(phone);
      assert.equal(okOf(await crm.records.contact.findByPhone(phone, soon())), null);
    },
  },
  {
    name: "company: a contact of one that is gone is refused for good, and not written",
    run: async ({ crm, count }) => {
      const email = `mara@${newDomain()}`;
      const contact = { email, firstName: null, lastName: null, companyId: "999999999" };
      assert.equal(faultOf(await crm.records.contact.write(contact, soon())).kind, "record-permanent");
      assert.equal(await count("contact", email, ""), 0);
    },
  },
];

function newDomain(): string {
  return `${plainId()}.example`;
}
