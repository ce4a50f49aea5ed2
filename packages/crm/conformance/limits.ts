import assert from "node:assert/strict";
import { cell, writeRecord, type ChangeCase } from "./cells.ts";
import { wanted } from "./people.ts";
import { expectFault, expectOk, plainId, soon } from "./subject.ts";
import { activityInput, dealInput, lookUp, prepareWrite, sought } from "./writes.ts";

const WAITS = "an outage: the tenant's mail waits until the token may";
const NO_RIGHT = {
  contact: WAITS,
  company: "left out, with a warning",
  deal: WAITS,
  task: "left out, with a warning",
  activity: WAITS,
  file: "left out, with a warning, where the tenant does not require files",
} as const;

/** What a CRM does not take, of whom, and of whom it takes none. */
export const LIMIT_CASES: readonly ChangeCase[] = [
  ...["root@localhost", "sales@my_host.example", "ada@[192.0.2.7]"].map((address) =>
    cell(
      "contact",
      "refused",
      "an address that the CRM takes for none: the contact has none, the email is written",
      async ({ crm }) => {
        const email = address.replace("@", `.${plainId()}@`);
        const contact = { email, firstName: null, lastName: null };
        const made = expectOk(await crm.records.contact.write(contact, soon()));
        assert.equal(expectOk(await crm.records.contact.write(contact, soon())).recordId, made.recordId);
        assert.equal(expectOk(await lookUp(crm, "contact", sought(email)))?.recordId, made.recordId);
        expectOk(await crm.records.activity.write(activityInput(`eml_${plainId()}`, made.recordId, email), soon()));
      },
    ),
  ),
  cell("contact", "too long", "names are cut at whole characters", async ({ crm }) => {
    for (const name of ["x".repeat(70_000), `x${"🗼".repeat(40_000)}`, "half \ud83d", "👨‍👩‍👧‍👦".repeat(300)]) {
      const contact = { email: `${plainId()}@example.com`, firstName: name, lastName: name };
      expectOk(await crm.records.contact.write(contact, soon()));
    }
  }),
  cell(
    "activity",
    "too long",
    "subject, text and recipients are cut at whole characters and people",
    async ({ crm }) => {
      const contact = (await writeRecord(crm, "contact")).recordId;
      const cc = Array.from({ length: 700 }, (_, n) => ({
        email: `person.${n}@a-long-name-of-a-company.example`,
        name: `🗼 ${"é".repeat(60)} ${n}`,
      }));
      for (const subject of [`${"x".repeat(499)}🗼`, "🗼".repeat(2_000), "half \ud83d"]) {
        const input = {
          ...activityInput(`eml_${plainId()}`, contact, null),
          subject,
          cc,
          text: `${"🗼".repeat(50_000)}\ud83d`,
        };
        const { recordId } = expectOk(
          await crm.records.activity.write({ ...input, html: `<p>${"x".repeat(70_000)}</p>` }, soon()),
        );
        const read = expectOk(await crm.records.activity.read(recordId, soon()));
        assert.ok(read?.["subject"]?.isWellFormed());
      }
    },
  ),
  cell("company", "too long", "its name is cut at whole characters", async ({ crm }) => {
    const company = { domain: `${plainId()}.example`, name: "🗼".repeat(40_000) };
    expectOk(await crm.records.company.write(company, soon()));
  }),
  cell("deal", "too long", "its name is cut at whole characters", async ({ crm }) => {
    const contactId = (await writeRecord(crm, "contact")).recordId;
    for (const name of [`${"x".repeat(499)}🗼`, "🗼".repeat(40_000), "half \ud83d"])
      expectOk(await crm.records.deal.write({ ...dealInput(plainId(), contactId), name }, soon()));
  }),
  cell("task", "too long", "title and text are cut at whole characters", async ({ crm }) => {
    const contactId = (await writeRecord(crm, "contact")).recordId;
    const about = { title: "🗼".repeat(40_000), text: `${"🗼".repeat(50_000)}\ud83d` };
    const due = { dueAt: Date.now(), priority: null, dealId: null };
    expectOk(await crm.records.task.write({ key: `eml_${plainId()}/rule`, ...about, ...due, contactId }, soon()));
  }),
  cell("file", "too long", "its name is cut at whole characters", async ({ crm }) => {
    const filename = `${"🗼".repeat(400)}.pdf`;
    const parents = { contactId: (await writeRecord(crm, "contact")).recordId, dealId: null };
    const file = { key: `eml_${plainId()}/${plainId()}${plainId()}`, contentType: "application/pdf", filename };
    const made = expectOk(await crm.records.file.write({ ...file, ...parents, bytes: Buffer.from("%PDF") }, soon()));
    assert.equal(
      expectOk(await lookUp(crm, "file", sought(file.key, { filename, ...parents })))?.recordId,
      made.recordId,
    );
  }),
  ...(["contact", "company", "deal", "task", "activity", "file"] as const).map((effect) =>
    cell(effect, "no right to it", NO_RIGHT[effect], async ({ crm, people }) => {
      const forbid = wanted(people, "forbid");
      const write = await prepareWrite(crm, effect);
      const allow = await forbid(effect);
      try {
        const fault = expectFault(await write.send());
        const { kind, code, unknown } = fault;
        // Whose fault it is, and whether to wait, is the sink's to decide (`toDisposition`): refused, and nothing was carried out.
        assert.deepEqual([kind, "refused" in fault && fault.refused, unknown], ["outage", true, false], code);
      } finally {
        await allow();
      }
      expectOk(await write.send());
    }),
  ),
];
