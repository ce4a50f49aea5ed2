import assert from "node:assert/strict";
import {
  activityInput,
  dealInput,
  faultOf,
  FILENAME,
  inMs,
  okOf,
  PATIENT_MS,
  plainId,
  prepareWrite,
  type ConformanceCase,
  type ConformanceSubject,
} from "./conformance.ts";
import type { Crm, ReferredEffect } from "./port.ts";

export const CHANGED_RECORDS = [
  "contact",
  "company",
  "deal",
  "task",
  "activity",
  "file",
  "stage",
  "pipeline",
  "field",
  "owner",
] as const;
export const CHANGES = [
  "deleted",
  "merged",
  "archived",
  "restored",
  "renamed",
  "closed",
  "refused",
  "too long",
] as const;

/** A cell of what people and accounts change, what Inlet does then, and the case that shows the adapter's part of it. */
export interface ChangeCase extends ConformanceCase {
  readonly record: (typeof CHANGED_RECORDS)[number];
  readonly change: (typeof CHANGES)[number];
  /** For the guide (docs/guides/when-the-crm-changes.md). */
  readonly inlet: string;
}

const DELETED = {
  deal: "made once more, with the conversation's later mail",
  company: "looked for by its domain, else made once more where the tenant wants that",
  task: "made once more, where its email is still being written",
  file: "uploaded once more, where its email is still being written",
} as const;
const RENAMED = {
  contact: "stays as people call it",
  deal: "stays as people call it, and mail goes to it",
} as const;

const soon = () => inMs(PATIENT_MS);

function cell(
  record: ChangeCase["record"],
  change: ChangeCase["change"],
  inlet: string,
  run: (subject: ConformanceSubject) => Promise<void>,
): ChangeCase {
  return { record, change, inlet, name: `${record} ${change}: ${inlet}`, run };
}

/** Rows of the guide's table, in its order. A case does nothing where the stand-in knows no such change. */
export const CRM_CHANGE_CONFORMANCE: readonly ChangeCase[] = [
  cell("contact", "deleted", "made once more, and the email is at it", async (subject) => {
    const { crm } = subject;
    const { write, recordId } = await writtenOf(crm, "contact");
    await subject.remove("contact", recordId);
    assert.equal(okOf(await crm.whereIs("contact", { recordId, key: write.key }, soon())), null);
    const key = `eml_${plainId()}`;
    const refused = await crm.createActivity(activityInput(key, recordId, write.key), soon());
    if (!refused.ok) assert.ok(refused.fault.kind === "record-permanent" && refused.fault.gone !== undefined);
    const input = { email: write.key, firstName: "Mara", lastName: "Núñez", replaces: recordId };
    const again = okOf(await crm.upsertContact(input, soon()));
    assert.notEqual(again.recordId, recordId);
    okOf(await crm.createActivity(activityInput(`${key}b`, again.recordId, write.key), soon()));
  }),
  ...(["deal", "company", "task", "file"] as const).map((effect) =>
    cell(effect, "deleted", DELETED[effect], async (subject) => {
      const { write, recordId } = await writtenOf(subject.crm, effect);
      const sought = { recordId, key: write.key, filename: FILENAME };
      assert.equal(okOf(await subject.crm.whereIs(effect, sought, soon()))?.recordId, recordId);
      await subject.remove(effect, recordId);
      assert.equal(okOf(await subject.crm.whereIs(effect, sought, soon())), null);
      const again = okOf(await write.send(PATIENT_MS, recordId));
      assert.notEqual(again.recordId, recordId);
      assert.equal(await subject.count(effect, write.key, FILENAME), 1);
    }),
  ),
  cell("deal", "deleted", "an email that is tied to it is refused, and told why", async (subject) => {
    const { crm } = subject;
    const contact = (await writtenOf(crm, "contact")).recordId;
    const { recordId } = await writtenOf(crm, "deal");
    await subject.remove("deal", recordId);
    const input = { ...activityInput(`eml_${plainId()}`, contact, null), dealId: recordId };
    const fault = faultOf(await crm.createActivity(input, soon()));
    assert.ok(fault.kind === "record-permanent" && fault.gone !== undefined, fault.code);
    assert.equal(okOf(await crm.getDeal(recordId, soon())), null);
  }),
  cell("activity", "deleted", "stays deleted: a replay of its email ends `gone_in_crm`", async (subject) => {
    const { recordId } = await writtenOf(subject.crm, "activity");
    await subject.remove("activity", recordId);
    assert.equal(okOf(await subject.crm.readActivity(recordId, soon())), null);
  }),
  ...(["contact", "company", "deal"] as const).map((effect) =>
    cell(effect, "merged", "the record that it became part of takes its place", async ({ crm, people }) => {
      if (people?.merge === undefined) return;
      const [from, into] = [await writtenOf(crm, effect), await writtenOf(crm, effect)];
      const contact = (await writtenOf(crm, "contact")).recordId;
      const activityIds: string[] = [];
      if (effect === "deal") {
        const input = { ...activityInput(`eml_${plainId()}`, contact, null), dealId: from.recordId };
        activityIds.push(okOf(await crm.createActivity(input, soon())).recordId);
      }
      await people.merge(effect, into.recordId, from.recordId);
      const sought = { recordId: from.recordId, key: from.write.key, activityIds };
      const found = okOf(await crm.whereIs(effect, sought, soon()));
      assert.equal(found?.recordId, into.recordId);
      const batch = crm.batches?.getDeal;
      if (effect !== "deal" || batch === undefined) return;
      assert.equal(okOf(await crm.getDeal(from.recordId, soon()))?.recordId, into.recordId);
      const rows = okOf(await batch.send([from.recordId, into.recordId], soon())).map((row) => okOf(row)?.recordId);
      assert.deepEqual(rows, [into.recordId, into.recordId]);
    }),
  ),
  ...(["contact", "deal"] as const).flatMap((effect) => [
    cell(effect, "archived", "is there: mail goes to it all the same", async ({ crm, people }) => {
      if (people?.archive === undefined) return;
      const { write, recordId } = await writtenOf(crm, effect);
      await people.archive(effect, recordId);
      assert.equal(okOf(await crm.whereIs(effect, { recordId, key: write.key }, soon()))?.recordId, recordId);
      const contact = effect === "contact" ? recordId : (await writtenOf(crm, "contact")).recordId;
      const input = activityInput(`eml_${plainId()}`, contact, null);
      okOf(await crm.createActivity({ ...input, dealId: effect === "deal" ? recordId : null }, soon()));
    }),
    cell(effect, "restored", "counts again, where nothing took its place meanwhile", async ({ crm, people }) => {
      if (people?.restore === undefined) return;
      const { write, recordId } = await writtenOf(crm, effect);
      await people.archive?.(effect, recordId);
      await people.restore(effect, recordId);
      assert.equal(okOf(await crm.whereIs(effect, { recordId, key: write.key }, soon()))?.recordId, recordId);
      assert.equal(okOf(await write.send()).recordId, recordId);
    }),
    cell(effect, "renamed", RENAMED[effect], async ({ crm, people }) => {
      if (people?.rename === undefined || people.nameOf === undefined) return;
      const { write, recordId } = await writtenOf(crm, effect);
      await people.rename(effect, recordId, "As people call it");
      if (effect === "contact") assert.equal(okOf(await write.send()).recordId, recordId);
      assert.equal(okOf(await crm.whereIs(effect, { recordId, key: write.key }, soon()))?.recordId, recordId);
      assert.equal(await people.nameOf(effect, recordId), "As people call it");
    }),
  ]),
  cell(
    "deal",
    "closed",
    "replies go to it, with `deal_closed`; a new thread with the same subject gets a new deal",
    async ({ crm, people }) => {
      if (people?.close === undefined) return;
      const contactId = (await writtenOf(crm, "contact")).recordId;
      const ids: string[] = [];
      for (const how of ["open", "won", "lost"] as const) {
        const { recordId } = okOf(await crm.createDeal(dealInput(plainId(), contactId), soon()));
        assert.equal(okOf(await crm.getDeal(recordId, soon()))?.closed ?? "open", "open");
        if (how !== "open") await people.close(recordId, how);
        assert.equal(okOf(await crm.getDeal(recordId, soon()))?.closed ?? "open", how);
        ids.push(recordId);
      }
      const batch = crm.batches?.getDeal;
      if (batch === undefined) return;
      const rows = okOf(await batch.send(ids, soon())).map((row) => okOf(row)?.closed ?? "open");
      assert.deepEqual(rows, ["open", "won", "lost"]);
    },
  ),
  ...(["stage", "pipeline"] as const).map((record) =>
    cell(
      record,
      "deleted",
      "new deals begin in the first that there is, with `deal_stage_missing`",
      async ({ crm, people }) => {
        const remove = record === "stage" ? people?.removeStage : people?.removePipeline;
        if (remove === undefined) return;
        const configured = await remove();
        const contactId = (await writtenOf(crm, "contact")).recordId;
        for (let times = 0; times < 2; times += 1) {
          const made = okOf(await configured.createDeal(dealInput(plainId(), contactId), soon()));
          assert.match(made.warnings?.join() ?? "", /^deal_stage_missing: /);
        }
      },
    ),
  ),
  cell("field", "deleted", "Inlet's own are made again", async ({ crm, people }) => {
    if (people?.removeFields === undefined) return;
    await people.removeFields();
    for (const effect of ["deal", "activity"] as const) await writtenOf(crm, effect);
  }),
  cell(
    "field",
    "refused",
    "dead-lettered with the name of the property that the account wants, never a value",
    async ({ crm, people }) => {
      if (people?.requireField === undefined) return;
      const contactId = (await writtenOf(crm, "contact")).recordId;
      const name = await people.requireField();
      const fault = faultOf(await crm.createDeal(dealInput(plainId(), contactId), soon()));
      assert.deepEqual([fault.kind, "properties" in fault ? fault.properties : null], ["record-permanent", [name]]);
    },
  ),
  cell("owner", "deleted", "the task is nobody's, with `task_owner_missing`", async ({ crm, people }) => {
    if (people?.removeOwner === undefined) return;
    const contactId = (await writtenOf(crm, "contact")).recordId;
    const dealId = (await writtenOf(crm, "deal")).recordId;
    await people.removeOwner(dealId);
    const task = { key: `eml_${plainId()}/rule`, title: "Call", text: "text", dueAt: Date.now(), priority: null };
    const made = okOf(await crm.createTask({ ...task, contactId, dealId }, soon()));
    assert.match(made.warnings?.join() ?? "", /^task_owner_missing: /);
  }),
  ...["root@localhost", "sales@my_host.example", "ada@[192.0.2.7]"].map((address) =>
    cell(
      "contact",
      "refused",
      "an address that the CRM takes for none: the contact has none, the email is written",
      async ({ crm }) => {
        const email = address.replace("@", `.${plainId()}@`);
        const contact = { email, firstName: null, lastName: null };
        const made = okOf(await crm.upsertContact(contact, soon()));
        assert.equal(okOf(await crm.upsertContact(contact, soon())).recordId, made.recordId);
        assert.equal(okOf(await crm.lookup("contact", email, soon()))?.recordId, made.recordId);
        okOf(await crm.createActivity(activityInput(`eml_${plainId()}`, made.recordId, email), soon()));
      },
    ),
  ),
  cell("contact", "too long", "names are cut at whole characters", async ({ crm }) => {
    for (const name of ["x".repeat(70_000), `x${"🗼".repeat(40_000)}`, "half \ud83d", "👨‍👩‍👧‍👦".repeat(300)]) {
      const contact = { email: `${plainId()}@example.com`, firstName: name, lastName: name };
      okOf(await crm.upsertContact(contact, soon()));
    }
  }),
  cell(
    "activity",
    "too long",
    "subject, text and recipients are cut at whole characters and people",
    async ({ crm }) => {
      const contact = (await writtenOf(crm, "contact")).recordId;
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
        const { recordId } = okOf(await crm.createActivity({ ...input, html: `<p>${"x".repeat(70_000)}</p>` }, soon()));
        const read = okOf(await crm.readActivity(recordId, soon()));
        assert.ok(read?.["subject"]?.isWellFormed());
      }
    },
  ),
];

async function writtenOf(crm: Crm, effect: ReferredEffect | "activity") {
  const write = await prepareWrite(crm, effect);
  return { write, recordId: okOf(await write.send()).recordId };
}
