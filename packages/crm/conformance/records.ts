import assert from "node:assert/strict";
import type { ActivityField, ActivityInput, CallFault, Crm, RecordName } from "../src/port.ts";
import { LAG_CASES } from "./lags.ts";
import {
  expectFault,
  FILENAME,
  IMPATIENT_MS,
  expectOk,
  PATIENT_MS,
  plainId,
  RECORDS,
  soon,
  type ConformanceCase,
} from "./subject.ts";
import { activityInput, lookUp, prepareWrite, settle, type Write } from "./writes.ts";

/** Every promise of the port that a CRM's adapter must keep; run each case with any test runner, on a subject of its own. */
export const CRM_CONFORMANCE: readonly ConformanceCase[] = [
  ...RECORDS.flatMap((effect) => [
    ...(["drop-before-write", "drop-after-write", "error-after-write", "late-write"] as const).map((fault) =>
      unknownCase(effect, fault),
    ),
    ...knownCases(effect),
  ]),
  ...activityCases(),
  ...dealChangeCases(),
  ...LAG_CASES,
  {
    name: "a deal that is not there is null, whatever its id looks like",
    run: async ({ crm }) => {
      for (const id of ["999999999", "not-an-id", "1/../2", ""]) {
        assert.equal(expectOk(await crm.records.deal.read(id, soon())), null, id);
      }
    },
  },
  {
    name: "what was prepared is verified, and prepared again makes nothing; ping tells an account that answers from one that does not",
    run: async ({ crm, unreachable }) => {
      expectOk(await crm.setup.prepare(null, soon()));
      assert.deepEqual(expectOk(await crm.setup.prepare(null, soon())), { made: [] });
      expectOk(await crm.setup.verify(null, soon()));
      expectOk(await crm.setup.atStart(null, soon()));
      expectOk(await crm.ping(soon()));
      assert.equal(expectFault(await unreachable.ping(soon())).kind, "outage");
    },
  },
];

function unknownCase(
  effect: RecordName,
  fault: "drop-before-write" | "drop-after-write" | "error-after-write" | "late-write",
): ConformanceCase {
  return {
    name: `${effect}: ${fault} is unknown, and settles as declared to exactly one record`,
    run: async (subject) => {
      const { impatientMs = IMPATIENT_MS } = subject;
      const write = await prepareWrite(subject.crm, effect);
      await subject.inject(effect, fault);
      const patience = fault === "late-write" ? impatientMs : PATIENT_MS;
      let failed = expectFault(await write.send(patience));
      // On a busy machine the time may be over before anything was sent: then the fault that was injected is still to come.
      for (let tries = 1; fault === "late-write" && !failed.unknown && tries < 20; tries += 1)
        failed = expectFault(await write.send(patience));
      assert.equal(failed.kind, "outage");
      assert.equal(failed.unknown, true);
      quotesNothing(failed, write);
      await subject.landed();
      assert.equal(await subject.count(effect, write.key, FILENAME), fault === "drop-before-write" ? 0 : 1);
      const settled = await settle(subject.crm, effect, write);
      assert.equal(await subject.count(effect, write.key, FILENAME), 1);
      const again = expectOk(await write.send());
      assert.equal(again.recordId, settled.recordId, "a later write goes to the settled record");
      assert.equal(await subject.count(effect, write.key, FILENAME), 1);
    },
  };
}

function knownCases(effect: RecordName): ConformanceCase[] {
  return [
    {
      name: `${effect}: the same write twice is one record; five at once are one record`,
      run: async (subject) => {
        const write = await prepareWrite(subject.crm, effect);
        const first = expectOk(await write.send());
        const second = expectOk(await write.send());
        assert.equal(second.recordId, first.recordId);
        assert.notEqual(second.created, true);
        const race = await prepareWrite(subject.crm, effect);
        const results = await Promise.all(Array.from({ length: 5 }, () => race.send()));
        const ids = new Set<string>();
        for (const result of results) {
          if (result.ok) ids.add(result.value.recordId);
          else assert.equal(result.fault.kind, "record-passing", result.fault.code);
        }
        assert.equal(ids.size, 1);
        assert.equal(await subject.count(effect, race.key, FILENAME), 1);
      },
    },
    {
      name: `${effect}: 429 is an outage with its wait, and carried out nothing`,
      run: async (subject) => {
        const write = await prepareWrite(subject.crm, effect);
        await subject.inject(effect, "rate-limited");
        const failed = expectFault(await write.send());
        assert.equal(failed.kind, "outage");
        assert.equal(failed.unknown, false);
        assert.equal(failed.kind === "outage" ? failed.retryAfterMs : null, 7_000);
        quotesNothing(failed, write);
        assert.equal(await subject.count(effect, write.key, FILENAME), 0);
        expectOk(await write.send());
        assert.equal(await subject.count(effect, write.key, FILENAME), 1);
      },
    },
    {
      name: `${effect}: an unreachable CRM and a deadline that is over are outages that carried out nothing`,
      run: async (subject) => {
        const away = expectFault(await (await prepareWrite(subject.crm, effect, subject.unreachable)).send());
        assert.deepEqual([away.kind, away.unknown], ["outage", false]);
        const write = await prepareWrite(subject.crm, effect);
        const late = expectFault(await write.send(-1));
        assert.deepEqual([late.kind, late.unknown], ["outage", false]);
        assert.equal(await subject.count(effect, write.key, FILENAME), 0);
      },
    },
    {
      name: `${effect}: looked up by its key, before and after`,
      run: async (subject) => {
        const write = await prepareWrite(subject.crm, effect);
        assert.equal(expectOk(await lookUp(subject.crm, effect, write)), null);
        const written = expectOk(await write.send());
        const found = expectOk(await lookUp(subject.crm, effect, write));
        assert.equal(found?.recordId, written.recordId);
      },
    },
    {
      name: `${effect}: a batch answer that leaves it out is a fault, not a record`,
      run: async (subject) => {
        if (!subject.batched.includes(effect)) return;
        const write = await prepareWrite(subject.crm, effect);
        await subject.inject(effect, "partial-failure");
        const failed = expectFault(await write.send());
        assert.equal(failed.unknown, false);
        quotesNothing(failed, write);
        assert.equal(await subject.count(effect, write.key, FILENAME), 0);
      },
    },
  ];
}

function activityCases(): ConformanceCase[] {
  return [
    {
      name: "activity: what was written is read back under the port's names, and updated in place",
      run: async ({ crm }) => {
        const { input, recordId, stored } = await writtenActivity(crm);
        const read = expectOk(await crm.records.activity.read(recordId, soon()));
        // What it keeps otherwise than it was sent, it tells as it keeps it.
        const { subject, text, html } = { ...input, ...stored };
        assert.deepEqual([read?.["subject"], read?.["text"], read?.["html"]], [subject, text, html]);
        const changed = { subject: "Re: Neu 🙂", html: "<p>neu</p>" };
        const updated = expectOk(await crm.records.activity.update({ recordId, changed }, soon()));
        assert.equal(updated?.recordId, recordId);
        const { fixed = [] } = crm.records.activity;
        // What it says that no one can change is as it was, and it says so.
        assert.deepEqual(updated.fixed ?? [], findFixed(fixed, changed));
        const after = expectOk(await crm.records.activity.read(recordId, soon()));
        const now = { ...input, ...stored, ...without(fixed, changed), ...updated.stored };
        assert.deepEqual([after?.["subject"], after?.["html"], after?.["text"]], [now.subject, now.html, now.text]);
      },
    },
    {
      name: "activity: files are added by an update, none is taken away; another contact is associated",
      run: async ({ crm }) => {
        if (crm.records.activity.fixed?.includes("fileIds") === true) return;
        const { recordId } = await writtenActivity(crm);
        const files = [];
        for (let n = 0; n < 2; n += 1) files.push(expectOk(await (await prepareWrite(crm, "file")).send()).recordId);
        const second = expectOk(await (await prepareWrite(crm, "contact")).send());
        expectOk(
          await crm.records.activity.update({ recordId: recordId, changed: { fileIds: files.slice(0, 1) } }, soon()),
        );
        const change = { fileIds: files.slice(1), contactId: second.recordId };
        expectOk(await crm.records.activity.update({ recordId: recordId, changed: change }, soon()));
        const read = expectOk(await crm.records.activity.read(recordId, soon()));
        assert.deepEqual(read?.["fileIds"]?.split(";").toSorted(), files.toSorted());
      },
    },
    {
      name: "activity: one that a person deleted reads and updates as null",
      run: async (subject) => {
        const { recordId } = await writtenActivity(subject.crm);
        await subject.remove("activity", recordId);
        assert.equal(expectOk(await subject.crm.records.activity.read(recordId, soon())), null);
        for (const change of [{ subject: "new" }, { text: "new" }, { fileIds: ["1"] }]) {
          assert.equal(
            expectOk(await subject.crm.records.activity.update({ recordId: recordId, changed: change }, soon())),
            null,
          );
        }
      },
    },
  ];
}

function dealChangeCases(): ConformanceCase[] {
  return [
    {
      name: "deal: moved to a stage and given tags beside those that it has, twice the same",
      run: async (subject) => {
        const { recordId } = expectOk(await (await prepareWrite(subject.crm, "deal")).send());
        const change = {
          place: { pipeline: null, stage: subject.laterStage },
          addTags: ["topic:pricing", "topic:größe, farbe"],
        };
        for (let times = 0; times < 2; times += 1) {
          assert.equal(
            expectOk(await subject.crm.records.deal.update({ recordId: recordId, ...change }, soon()))?.recordId,
            recordId,
          );
          const deal = await subject.getDeal(recordId);
          assert.equal(deal.stage, subject.laterStage);
          assert.deepEqual(deal.tags.toSorted(), ["email-sourced", ...change.addTags].toSorted());
        }
        expectOk(await subject.crm.records.deal.update({ recordId: recordId, place: null, addTags: ["x"] }, soon()));
        assert.equal((await subject.getDeal(recordId)).stage, subject.laterStage);
      },
    },
    {
      name: "deal: begins, and is moved, where the names of pipeline and stage lead, in whatever capitals",
      run: async (subject) => {
        const { laterPlace, laterStage, crm } = subject;
        if (laterPlace === undefined) return;
        const contactId = expectOk(await (await prepareWrite(crm, "contact")).send()).recordId;
        const names = { pipeline: laterPlace.pipeline, stage: laterPlace.stage };
        const deal = { key: `cnv_${plainId()}`, name: "Hello", contactId, tags: [], ...names };
        const begun = expectOk(await crm.records.deal.write(deal, soon()));
        assert.deepEqual(begun.warnings ?? [], []);
        assert.equal((await subject.getDeal(begun.recordId)).stage, laterStage);
        for (const pipeline of [laterPlace.pipeline, null]) {
          const { recordId } = expectOk(await (await prepareWrite(crm, "deal")).send());
          const place = { pipeline, stage: laterPlace.stage };
          expectOk(await crm.records.deal.update({ recordId, place, addTags: [] }, soon()));
          assert.equal((await subject.getDeal(recordId)).stage, laterStage);
        }
        const { recordId } = expectOk(await (await prepareWrite(crm, "deal")).send());
        const nowhere = { place: { pipeline: null, stage: "No Such Stage" }, addTags: [] };
        assert.equal(
          expectFault(await crm.records.deal.update({ recordId, ...nowhere }, soon())).kind,
          "record-permanent",
        );
      },
    },
    {
      name: "deal: one that a person deleted is moved to null; a stage that is not there is the record's fault",
      run: async (subject) => {
        const { recordId } = expectOk(await (await prepareWrite(subject.crm, "deal")).send());
        const nowhere = { place: { pipeline: null, stage: "no-such-stage" }, addTags: [] };
        const refused = expectFault(await subject.crm.records.deal.update({ recordId: recordId, ...nowhere }, soon()));
        assert.equal(refused.kind, "record-permanent");
        await subject.remove("deal", recordId);
        const change = { place: { pipeline: null, stage: subject.laterStage }, addTags: [] };
        assert.equal(expectOk(await subject.crm.records.deal.update({ recordId: recordId, ...change }, soon())), null);
      },
    },
  ];
}

function findFixed(fixed: readonly ActivityField[], changed: object): ActivityField[] {
  return fixed.filter((field) => field in changed);
}

function without<T extends object>(fixed: readonly string[], changed: T): Partial<T> {
  return Object.fromEntries(Object.entries(changed).filter(([field]) => !fixed.includes(field))) as Partial<T>;
}

async function writtenActivity(
  crm: Crm,
): Promise<{ input: ActivityInput; recordId: string; stored: Readonly<Record<string, string>> }> {
  const contact = expectOk(await (await prepareWrite(crm, "contact")).send());
  const input = activityInput(`eml_${plainId()}`, contact.recordId, null);
  const { recordId, stored = {} } = expectOk(await crm.records.activity.write(input, soon()));
  return { input, recordId, stored };
}

function quotesNothing(fault: CallFault, write: Write): void {
  assert.ok(!JSON.stringify(fault).includes(write.secret), "a fault quotes an address");
}
