import assert from "node:assert/strict";
import type { Crm } from "../src/port.ts";
import { cell, writeRecord, type ChangeCase } from "./cells.ts";
import { LIMIT_CASES } from "./limits.ts";
import { wanted } from "./people.ts";
import { expectFault, FILENAME, expectOk, PATIENT_MS, plainId, soon } from "./subject.ts";
import { activityInput, dealInput } from "./writes.ts";

export { CHANGED_RECORDS, CHANGES, type ChangeCase } from "./cells.ts";

const DELETED = {
  deal: "made once more, with the conversation's later mail",
  company: "looked for by its domain, else made once more where the tenant wants that",
  task: "made once more, where its email is still being written",
  file: "uploaded once more, where its email is still being written",
} as const;
const RENAMED = {
  contact: "stays as people call it",
  company: "stays as people call it, and is found by its domain",
  deal: "stays as people call it, and mail goes to it",
  task: "stays as people call it",
  file: "stays as people call it",
} as const;

/** Rows of the guide's table, in its order. */
export const CRM_CHANGE_CONFORMANCE: readonly ChangeCase[] = [
  cell("contact", "deleted", "made once more, and the email is at it", async (subject) => {
    const { crm } = subject;
    const { write, recordId } = await writeRecord(crm, "contact");
    await subject.remove("contact", recordId);
    assert.equal(expectOk(await crm.records.contact.locate({ recordId, key: write.key }, soon())), null);
    const key = `eml_${plainId()}`;
    const refused = await crm.records.activity.write(activityInput(key, recordId, write.key), soon());
    if (!refused.ok) assert.ok(refused.fault.kind === "record-permanent" && refused.fault.gone !== undefined);
    const input = { email: write.key, firstName: "Mara", lastName: "Núñez", replaces: recordId };
    const again = expectOk(await crm.records.contact.write(input, soon()));
    assert.notEqual(again.recordId, recordId);
    expectOk(await crm.records.activity.write(activityInput(`${key}b`, again.recordId, write.key), soon()));
  }),
  ...(["deal", "company", "task", "file"] as const).map((effect) =>
    cell(effect, "deleted", DELETED[effect], async (subject) => {
      const { write, recordId } = await writeRecord(subject.crm, effect);
      const sought = { recordId, key: write.key, filename: FILENAME };
      assert.equal(expectOk(await subject.crm.records[effect].locate(sought, soon()))?.recordId, recordId);
      await subject.remove(effect, recordId);
      assert.equal(expectOk(await subject.crm.records[effect].locate(sought, soon())), null);
      const again = expectOk(await write.send(PATIENT_MS, recordId));
      assert.notEqual(again.recordId, recordId);
      assert.equal(await subject.count(effect, write.key, FILENAME), 1);
    }),
  ),
  cell("deal", "deleted", "an email that is tied to it is refused, and told why", async (subject) => {
    const { crm } = subject;
    const contact = (await writeRecord(crm, "contact")).recordId;
    const { recordId } = await writeRecord(crm, "deal");
    await subject.remove("deal", recordId);
    const input = { ...activityInput(`eml_${plainId()}`, contact, null), dealId: recordId };
    const fault = expectFault(await crm.records.activity.write(input, soon()));
    assert.ok(fault.kind === "record-permanent" && fault.gone !== undefined, fault.code);
    assert.equal(expectOk(await crm.records.deal.read(recordId, soon())), null);
  }),
  cell("activity", "deleted", "stays deleted: a replay of its email ends `gone_in_crm`", async (subject) => {
    const { recordId } = await writeRecord(subject.crm, "activity");
    await subject.remove("activity", recordId);
    assert.equal(expectOk(await subject.crm.records.activity.read(recordId, soon())), null);
  }),
  ...(["contact", "company", "deal"] as const).map((effect) =>
    cell(effect, "merged", "the record that it became part of takes its place", async ({ crm, people }) => {
      const merge = wanted(people, "merge");
      const [from, into] = [await writeRecord(crm, effect), await writeRecord(crm, effect)];
      const contact = (await writeRecord(crm, "contact")).recordId;
      const activityIds: string[] = [];
      if (effect === "deal") {
        const input = { ...activityInput(`eml_${plainId()}`, contact, null), dealId: from.recordId };
        activityIds.push(expectOk(await crm.records.activity.write(input, soon())).recordId);
      }
      await merge(effect, into.recordId, from.recordId);
      const sought = { recordId: from.recordId, key: from.write.key, activityIds };
      const found = expectOk(await crm.records[effect].locate(sought, soon()));
      assert.equal(found?.recordId, into.recordId);
      const batch = crm.records.deal.read.batch;
      if (effect !== "deal" || batch === undefined) return;
      assert.equal(expectOk(await crm.records.deal.read(from.recordId, soon()))?.recordId, into.recordId);
      const rows = expectOk(await batch.send([from.recordId, into.recordId], soon())).map(
        (row) => expectOk(row)?.recordId,
      );
      assert.deepEqual(rows, [into.recordId, into.recordId]);
    }),
  ),
  ...(["contact", "deal"] as const).flatMap((effect) => [
    cell(effect, "archived", "is there: mail goes to it all the same", async ({ crm, people }) => {
      const archive = wanted(people, "archive");
      const { write, recordId } = await writeRecord(crm, effect);
      await archive(effect, recordId);
      assert.equal(
        expectOk(await crm.records[effect].locate({ recordId, key: write.key }, soon()))?.recordId,
        recordId,
      );
      const contact = effect === "contact" ? recordId : (await writeRecord(crm, "contact")).recordId;
      const input = activityInput(`eml_${plainId()}`, contact, null);
      expectOk(await crm.records.activity.write({ ...input, dealId: effect === "deal" ? recordId : null }, soon()));
    }),
    cell(
      effect,
      "restored",
      "counts again, where nothing took its place meanwhile",
      async ({ crm, people, remove }) => {
        const restore = wanted(people, "restore");
        const { write, recordId } = await writeRecord(crm, effect);
        await (people?.archive ?? remove)(effect, recordId);
        await restore(effect, recordId);
        assert.equal(
          expectOk(await crm.records[effect].locate({ recordId, key: write.key }, soon()))?.recordId,
          recordId,
        );
        assert.equal(expectOk(await write.send()).recordId, recordId);
      },
    ),
  ]),
  cell("company", "archived", "is no company any more; one that Inlet made is used all the same", async (subject) => {
    const { crm, people } = subject;
    const archive = wanted(people, "archive");
    const made = await writeRecord(crm, "company");
    const domain = `${plainId()}.example`;
    for (const recordId of [made.recordId, await subject.addCompany(domain)]) await archive("company", recordId);
    assert.equal(expectOk(await crm.records.company.find(domain, soon())), null);
    const sought = { recordId: made.recordId, key: made.write.key };
    assert.equal(expectOk(await crm.records.company.locate(sought, soon()))?.recordId, made.recordId);
  }),
  cell("company", "restored", "is found again", async (subject) => {
    const { crm, people } = subject;
    const restore = wanted(people, "restore");
    const domain = `${plainId()}.example`;
    const recordId = await subject.addCompany(domain);
    await (people?.archive ?? subject.remove)("company", recordId);
    await restore("company", recordId);
    assert.equal(expectOk(await crm.records.company.find(domain, soon()))?.recordId, recordId);
  }),
  cell("task", "archived", "is done: it is not made again", async ({ crm, people }) => {
    const archive = wanted(people, "archive");
    const { write, recordId } = await writeRecord(crm, "task");
    await archive("task", recordId);
    assert.equal(expectOk(await write.send()).recordId, recordId);
  }),
  ...(["contact", "company", "deal", "task", "file"] as const).map((effect) =>
    cell(effect, "renamed", RENAMED[effect], async (subject) => {
      const { crm, people } = subject;
      const [rename, getName] = [wanted(people, "rename"), wanted(people, "getName")];
      const { write, recordId } = await writeRecord(crm, effect);
      await rename(effect, recordId, "As people call it");
      // A deal that is written again is one whose write was unknown: no one had seen it.
      if (effect !== "deal" && effect !== "file") assert.equal(expectOk(await write.send()).recordId, recordId);
      const sought = { recordId, key: write.key, filename: FILENAME };
      assert.equal(expectOk(await crm.records[effect].locate(sought, soon()))?.recordId, recordId);
      assert.equal(await getName(effect, recordId), "As people call it");
      if (effect !== "company") return;
      const domain = `${plainId()}.example`;
      const theirs = await subject.addCompany(domain);
      await rename("company", theirs, "As people call it");
      assert.equal(expectOk(await crm.records.company.find(domain, soon()))?.recordId, theirs);
    }),
  ),
  cell("activity", "renamed", "a replay leaves what people wrote", async ({ crm, people }) => {
    const rename = wanted(people, "rename");
    const { recordId } = await writeRecord(crm, "activity");
    await rename("activity", recordId, "As people call it");
    // By this the sink knows that the field is not as Inlet wrote it.
    assert.equal(expectOk(await crm.records.activity.read(recordId, soon()))?.["subject"], "As people call it");
  }),
  cell(
    "deal",
    "closed",
    "replies go to it, with `deal_closed`; a new thread with the same subject gets a new deal",
    async ({ crm, people }) => {
      const close = wanted(people, "close");
      const contactId = (await writeRecord(crm, "contact")).recordId;
      const ids: string[] = [];
      for (const how of ["open", "won", "lost"] as const) {
        const { recordId } = expectOk(await crm.records.deal.write(dealInput(plainId(), contactId), soon()));
        assert.equal(expectOk(await crm.records.deal.read(recordId, soon()))?.closed ?? "open", "open");
        if (how !== "open") await close(recordId, how);
        assert.equal(expectOk(await crm.records.deal.read(recordId, soon()))?.closed ?? "open", how);
        ids.push(recordId);
      }
      const batch = crm.records.deal.read.batch;
      if (batch === undefined) return;
      const rows = expectOk(await batch.send(ids, soon())).map((row) => expectOk(row)?.closed ?? "open");
      assert.deepEqual(rows, ["open", "won", "lost"]);
    },
  ),
  ...(["stage", "pipeline"] as const).map((record) =>
    cell(
      record,
      "deleted",
      "new deals begin in the first that there is, with `deal_stage_missing`",
      async ({ crm, people }) => {
        const remove = wanted(people, record === "stage" ? "removeStage" : "removePipeline");
        const configured = await remove();
        const contactId = (await writeRecord(crm, "contact")).recordId;
        for (let times = 0; times < 2; times += 1) {
          const made = expectOk(await configured.records.deal.write(dealInput(plainId(), contactId), soon()));
          assert.match(made.warnings?.join() ?? "", /^deal_stage_missing: /);
        }
      },
    ),
  ),
  ...(["stage", "pipeline"] as const).map((record) =>
    cell(record, "renamed", "named by its id it stays; named by its name it is as deleted", async ({ crm, people }) => {
      const configured = await wanted(people, record === "stage" ? "renameStage" : "renamePipeline")();
      const contactId = (await writeRecord(crm, "contact")).recordId;
      const made = expectOk(await configured.records.deal.write(dealInput(plainId(), contactId), soon()));
      assert.deepEqual(made.warnings ?? [], []);
    }),
  ),
  cell("field", "deleted", "Inlet's own are made again", async ({ crm, people }) => {
    await wanted(people, "removeFields")();
    for (const effect of ["deal", "activity"] as const) await writeRecord(crm, effect);
  }),
  cell(
    "field",
    "refused",
    "dead-lettered with the name of the property that the account wants, never a value",
    async ({ crm, people }) => {
      const requireField = wanted(people, "requireField");
      const contactId = (await writeRecord(crm, "contact")).recordId;
      const { name, end } = await requireField();
      try {
        const fault = expectFault(await crm.records.deal.write(dealInput(plainId(), contactId), soon()));
        assert.deepEqual([fault.kind, "properties" in fault ? fault.properties : null], ["record-permanent", [name]]);
      } finally {
        await end();
      }
    },
  ),
  cell("owner", "deleted", "the task is no one's, with `task_owner_missing`", async ({ crm, people }) => {
    const made = await writeTask(crm, wanted(people, "removeOwner"));
    assert.match(made.warnings?.join() ?? "", /^task_owner_missing: /);
  }),
  cell("owner", "archived", "the task is made all the same", async ({ crm, people }) => {
    await writeTask(crm, wanted(people, "archiveOwner"));
  }),
  ...LIMIT_CASES,
];

/** A task at a deal whose owner something happened to. */
async function writeTask(crm: Crm, happens: (dealId: string) => Promise<void>) {
  const contactId = (await writeRecord(crm, "contact")).recordId;
  const dealId = (await writeRecord(crm, "deal")).recordId;
  await happens(dealId);
  const task = { key: `eml_${plainId()}/rule`, title: "Call", text: "text", dueAt: Date.now(), priority: null };
  return expectOk(await crm.records.task.write({ ...task, contactId, dealId }, soon()));
}
