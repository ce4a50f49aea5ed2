import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { parseContactId } from "../src/contact-kinds.ts";
import type { CallResult, ContactInput, Crm, Written } from "../src/port.ts";
import { expectFault, expectOk, plainId, soon, type ConformanceCase } from "./subject.ts";
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
      assert.equal(expectOk(await findSent(ids, soon())), null);
      if (addSentMessage === undefined) return;
      const contact = { email: `mara.${id}@example.com`, firstName: null, lastName: null };
      const contactId = expectOk(await crm.records.contact.write(contact, soon())).recordId;
      const dealIds: string[] = [];
      for (const name of ["a", "b"])
        dealIds.push(expectOk(await crm.records.deal.write(dealInput(`${name}${id}`, contactId), soon())).recordId);
      const [a = "", b = ""] = dealIds;
      await addSentMessage(`first.${id}@CRM.example`, a);
      await addSentMessage(`second.${id}@CRM.example`, b);
      const found = expectOk(await findSent(ids, soon()));
      assert.deepEqual(found, { messageId: `second.${id}@CRM.example`, dealId: b });
      const input = activityInput(`eml_${id}`, contactId, contact.email);
      expectOk(await crm.records.activity.write({ ...input, dealId: a }, soon()));
      assert.equal(expectOk(await findSent([input.messageId ?? ""], soon())), null);
    },
  },
  {
    name: "contact: of each kind that there is; its id says which, and it is found and tied whatever new ones become",
    run: async ({ crm, contactAs }) => {
      const { kinds } = crm.records.contact;
      assert.equal(kinds !== undefined, contactAs !== undefined);
      if (kinds === undefined || contactAs === undefined) return;
      for (const kind of kinds) {
        const contact = { email: `ada.${plainId()}@example.com`, firstName: null, lastName: null };
        const made: CallResult<Written> = await contactAs(kind).records.contact.write(contact, soon());
        const { recordId }: Written = expectOk(made);
        assert.equal(parseContactId(recordId, kinds).kind, kind);
        for (const other of kinds) {
          const adapter: Crm = contactAs(other);
          assert.deepEqual(await findContact(adapter.records, contact), [recordId, recordId, recordId]);
          expectOk(await adapter.records.deal.write(dealInput(`cnv_${plainId()}`, recordId), soon()));
        }
      }
    },
  },
  {
    name: "company: one that people made is found by its domain, and by no other",
    run: async ({ crm, addCompany }) => {
      const domain = newDomain();
      assert.equal(expectOk(await crm.records.company.find(domain, soon())), null);
      const recordId = await addCompany(domain);
      assert.deepEqual(expectOk(await crm.records.company.find(domain, soon())), { recordId, several: false });
      for (const other of [`x${domain}`, `${domain}.example`]) {
        assert.equal(expectOk(await crm.records.company.find(other, soon())), null, other);
      }
    },
  },
  {
    name: "company: of several with one domain the oldest is taken",
    run: async ({ crm, addCompany }) => {
      const domain = newDomain();
      const oldest = await addCompany(domain);
      await addCompany(domain);
      assert.equal(expectOk(await crm.records.company.find(domain, soon()))?.recordId, oldest);
    },
  },
  {
    name: "company: a new contact belongs to it, a contact that is there stays as it is",
    run: async ({ crm, addCompany, getCompany }) => {
      const companyId = await addCompany(newDomain());
      const contact = (): { email: string; firstName: string; lastName: string } => {
        return { email: `mara@${newDomain()}`, firstName: "Mara", lastName: "Núñez" };
      };
      const joined = contact();
      const first = expectOk(await crm.records.contact.write({ ...joined, companyId }, soon()));
      assert.equal(await getCompany(first.recordId), companyId);
      const again = expectOk(await crm.records.contact.write({ ...joined, companyId }, soon()));
      assert.equal(again.recordId, first.recordId);

      const alone = contact();
      const known = expectOk(await crm.records.contact.write(alone, soon()));
      assert.equal(expectOk(await crm.records.contact.write({ ...alone, companyId }, soon())).recordId, known.recordId);
      assert.equal(await getCompany(known.recordId), null);
    },
  },
  {
    name: "company: five contacts at once of one address are one contact of it",
    run: async ({ crm, addCompany, getCompany, count }) => {
      const companyId = await addCompany(newDomain());
      const contact = { email: `mara@${newDomain()}`, firstName: null, lastName: null, companyId };
      const results = await Promise.all(Array.from({ length: 5 }, () => crm.records.contact.write(contact, soon())));
      for (const result of results) assert.ok(result.ok || result.fault.kind === "record-passing");
      assert.equal(await count("contact", contact.email, ""), 1);
      assert.equal(await getCompany(expectOk(await crm.records.contact.write(contact, soon())).recordId), companyId);
    },
  },
  {
    name: "company: contacts written many at a time belong to theirs",
    run: async ({ crm, addCompany, getCompany }) => {
      const batch = crm.records.contact.write.batch;
      if (batch === undefined) return;
      const companies = [await addCompany(newDomain()), null, await addCompany(newDomain())];
      const contacts = companies.map((companyId) => {
        return { email: `mara@${newDomain()}`, firstName: "Mara", lastName: null, companyId };
      });
      for (let times = 0; times < 2; times += 1) {
        const rows: readonly CallResult<Written>[] = expectOk(await batch.send(contacts, soon()));
        assert.deepEqual(await Promise.all(rows.map((row) => getCompany(expectOk(row).recordId))), companies);
      }
    },
  },
  {
    name: "contact: the only one with a phone number is found by it, of two none is",
    run: async ({ crm, addContact }) => {
      const phone = `+4930${randomInt(10_000_000, 99_999_999)}`;
      assert.equal(expectOk(await crm.records.contact.findByPhone(phone, soon())), null);
      const recordId = await addContact(phone);
      assert.deepEqual(expectOk(await crm.records.contact.findByPhone(phone, soon())), { recordId });
      const near = `${phone.slice(0, -1)}${(Number(phone.at(-1)) + 1) % 10}`;
      assert.equal(expectOk(await crm.records.contact.findByPhone(near, soon())), null);
      await addContact(phone);
      assert.equal(expectOk(await crm.records.contact.findByPhone(phone, soon())), null);
    },
  },
  {
    name: "company: a contact of one that is gone is refused for good, and not written",
    run: async ({ crm, count }) => {
      const email = `mara@${newDomain()}`;
      const contact = { email, firstName: null, lastName: null, companyId: "999999999" };
      assert.equal(expectFault(await crm.records.contact.write(contact, soon())).kind, "record-permanent");
      assert.equal(await count("contact", email, ""), 0);
    },
  },
];

/** Its id by writing it again, by its key, and by its id. */
async function findContact({ contact }: Crm["records"], input: ContactInput): Promise<(string | undefined)[]> {
  const again = expectOk(await contact.write(input, soon()));
  const found = expectOk(await contact.lookup({ key: input.email, since: null }, soon()));
  const there = expectOk(await contact.locate({ recordId: again.recordId, key: input.email }, soon()));
  return [again.recordId, found?.recordId, there?.recordId];
}

function newDomain(): string {
  return `${plainId()}.example`;
}
