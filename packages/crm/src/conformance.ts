import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { People } from "./conformance-people.ts";
import type { ActivityInput, CallFault, CallResult, Crm, DealInput, Written, WrittenEffect } from "./port.ts";

/** What happens to the next write of an effect, and to it alone. */
export type InjectedFault =
  | "drop-before-write"
  | "drop-after-write"
  | "error-before-write"
  | "error-after-write"
  /** No answer; the write lands after the client has given up. */
  | "late-write"
  /** 429 with `Retry-After: 7`. */
  | "rate-limited"
  /** A batch answer that refuses this record. */
  | "partial-failure";

export interface ConformanceSubject {
  /** Prepared, against an empty stand-in. */
  readonly crm: Crm;
  /** The same adapter towards a port where nobody listens. */
  readonly unreachable: Crm;
  readonly inject: (effect: WrittenEffect, fault: InjectedFault) => Promise<void>;
  /** Resolves when every late write has landed. */
  readonly landed: () => Promise<void>;
  /** How many records the CRM really stores for the key, by their content and not by a unique index. */
  readonly count: (effect: WrittenEffect, key: string, filename: string) => Promise<number>;
  /** Deletes a record, as a person in the CRM would. */
  readonly remove: (effect: WrittenEffect, recordId: string) => Promise<void>;
  /** Makes a company of this domain as a person would, some time ago; gives its id. */
  readonly addCompany: (domain: string) => Promise<string>;
  /** Makes a contact with this number (E.164) and no address, written as people write numbers there, some time ago; gives its id. */
  readonly addContact: (phone: string) => Promise<string>;
  /** The company that a contact belongs to. */
  readonly companyOf: (contactId: string) => Promise<string | null>;
  /** Keeps a message that people sent from the CRM at a deal, some time ago; absent where a CRM's messages are registered instead. */
  readonly addSentMessage?: (messageId: string, dealId: string) => Promise<void>;
  /** Where a deal stands and which tags it has, as the CRM stores them. */
  readonly dealOf: (recordId: string) => Promise<{ readonly stage: string; readonly tags: readonly string[] }>;
  /** A stage of the stand-in that new deals do not begin in. */
  readonly laterStage: string;
  /** How long a client waits that a late write leaves behind, ms; by default 150. Longer than the calls before that write take. */
  readonly impatientMs?: number;
  /** What people do in the CRM, where this one knows such a thing; and of what it knows none. */
  readonly people?: Partial<People>;
  readonly lacks: Readonly<Record<string, string>>;
  /** Effects that the adapter writes by batch calls. */
  readonly batched: readonly WrittenEffect[];
}

export interface ConformanceCase {
  readonly name: string;
  run(subject: ConformanceSubject): Promise<void>;
}

const EFFECTS: readonly WrittenEffect[] = ["contact", "company", "deal", "activity", "file", "task"];
export const FILENAME = "Angebot Nr. 7.pdf";
export const PATIENT_MS = 5_000;
export const IMPATIENT_MS = 150;

/** One write of an effect, repeatable: its key, and the address in it that no fault may quote. */
export interface Write {
  readonly key: string;
  readonly secret: string;
  /** `replaces`: a record that is gone. */
  send(milliseconds?: number, replaces?: string): Promise<CallResult<Written>>;
}

export const inMs = (milliseconds: number): { deadline: number; filename: string } => ({
  deadline: performance.now() + milliseconds,
  filename: FILENAME,
});

/** Every promise of the port that a CRM's adapter must keep; run each case with any test runner, on a subject of its own. */
export const CRM_CONFORMANCE: readonly ConformanceCase[] = [
  ...EFFECTS.flatMap((effect) => [
    ...(["drop-before-write", "drop-after-write", "error-after-write", "late-write"] as const).map((fault) =>
      unknownCase(effect, fault),
    ),
    ...knownCases(effect),
  ]),
  ...activityCases(),
  ...dealChangeCases(),
  {
    name: "a deal that is not there is null, whatever its id looks like",
    run: async ({ crm }) => {
      for (const id of ["999999999", "not-an-id", "1/../2", ""]) {
        assert.equal(okOf(await crm.getDeal(id, inMs(PATIENT_MS))), null, id);
      }
    },
  },
  {
    name: "prepare may be called again; ping tells an account that answers from one that does not",
    run: async ({ crm, unreachable }) => {
      okOf(await crm.prepare(inMs(PATIENT_MS)));
      okOf(await crm.ping(inMs(PATIENT_MS)));
      assert.equal(faultOf(await unreachable.ping(inMs(PATIENT_MS))).kind, "outage");
    },
  },
];

function unknownCase(
  effect: WrittenEffect,
  fault: "drop-before-write" | "drop-after-write" | "error-after-write" | "late-write",
): ConformanceCase {
  return {
    name: `${effect}: ${fault} is unknown, and settles as declared to exactly one record`,
    run: async (subject) => {
      const { impatientMs = IMPATIENT_MS } = subject;
      const write = await prepareWrite(subject.crm, effect);
      await subject.inject(effect, fault);
      const failed = faultOf(await write.send(fault === "late-write" ? impatientMs : PATIENT_MS));
      assert.equal(failed.kind, "outage");
      assert.equal(failed.unknown, true);
      quotesNothing(failed, write);
      await subject.landed();
      assert.equal(await subject.count(effect, write.key, FILENAME), fault === "drop-before-write" ? 0 : 1);
      const settled = await settle(subject.crm, effect, write);
      assert.equal(await subject.count(effect, write.key, FILENAME), 1);
      const again = okOf(await write.send());
      assert.equal(again.recordId, settled.recordId, "a later write goes to the settled record");
      assert.equal(await subject.count(effect, write.key, FILENAME), 1);
    },
  };
}

function knownCases(effect: WrittenEffect): ConformanceCase[] {
  return [
    {
      name: `${effect}: the same write twice is one record; five at once are one record`,
      run: async (subject) => {
        const write = await prepareWrite(subject.crm, effect);
        const first = okOf(await write.send());
        const second = okOf(await write.send());
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
        const failed = faultOf(await write.send());
        assert.equal(failed.kind, "outage");
        assert.equal(failed.unknown, false);
        assert.equal(failed.kind === "outage" ? failed.retryAfterMs : null, 7_000);
        quotesNothing(failed, write);
        assert.equal(await subject.count(effect, write.key, FILENAME), 0);
        okOf(await write.send());
        assert.equal(await subject.count(effect, write.key, FILENAME), 1);
      },
    },
    {
      name: `${effect}: an unreachable CRM and a deadline that is over are outages that carried out nothing`,
      run: async (subject) => {
        const away = faultOf(await (await prepareWrite(subject.crm, effect, subject.unreachable)).send());
        assert.deepEqual([away.kind, away.unknown], ["outage", false]);
        const write = await prepareWrite(subject.crm, effect);
        const late = faultOf(await write.send(-1));
        assert.deepEqual([late.kind, late.unknown], ["outage", false]);
        assert.equal(await subject.count(effect, write.key, FILENAME), 0);
      },
    },
    {
      name: `${effect}: looked up by its key, before and after`,
      run: async (subject) => {
        const write = await prepareWrite(subject.crm, effect);
        assert.equal(okOf(await subject.crm.lookup(effect, write.key, inMs(PATIENT_MS))), null);
        const written = okOf(await write.send());
        const found = okOf(await subject.crm.lookup(effect, write.key, inMs(PATIENT_MS)));
        assert.equal(found?.recordId, written.recordId);
      },
    },
    {
      name: `${effect}: a batch answer that leaves it out is a fault, not a record`,
      run: async (subject) => {
        if (!subject.batched.includes(effect)) return;
        const write = await prepareWrite(subject.crm, effect);
        await subject.inject(effect, "partial-failure");
        const failed = faultOf(await write.send());
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
        const { input, recordId } = await writtenActivity(crm);
        const read = okOf(await crm.readActivity(recordId, inMs(PATIENT_MS)));
        assert.equal(read?.["subject"], input.subject);
        assert.equal(read?.["text"], input.text);
        assert.equal(read?.["html"], input.html);
        const change = { subject: "Re: Neu 🙂", html: "<p>neu</p>" };
        assert.equal(okOf(await crm.updateActivity(recordId, change, inMs(PATIENT_MS)))?.recordId, recordId);
        const after = okOf(await crm.readActivity(recordId, inMs(PATIENT_MS)));
        assert.deepEqual(
          [after?.["subject"], after?.["html"], after?.["text"]],
          [change.subject, change.html, input.text],
        );
      },
    },
    {
      name: "activity: files are added by an update, none is taken away; another contact is associated",
      run: async ({ crm }) => {
        const { recordId } = await writtenActivity(crm);
        const files = [];
        for (let n = 0; n < 2; n += 1) files.push(okOf(await (await prepareWrite(crm, "file")).send()).recordId);
        const second = okOf(await (await prepareWrite(crm, "contact")).send());
        okOf(await crm.updateActivity(recordId, { fileIds: files.slice(0, 1) }, inMs(PATIENT_MS)));
        const change = { fileIds: files.slice(1), contactId: second.recordId };
        okOf(await crm.updateActivity(recordId, change, inMs(PATIENT_MS)));
        const read = okOf(await crm.readActivity(recordId, inMs(PATIENT_MS)));
        assert.deepEqual(read?.["fileIds"]?.split(";").toSorted(), files.toSorted());
      },
    },
    {
      name: "activity: one that a person deleted reads and updates as null",
      run: async (subject) => {
        const { recordId } = await writtenActivity(subject.crm);
        await subject.remove("activity", recordId);
        assert.equal(okOf(await subject.crm.readActivity(recordId, inMs(PATIENT_MS))), null);
        for (const change of [{ subject: "new" }, { text: "new" }, { fileIds: ["1"] }]) {
          assert.equal(okOf(await subject.crm.updateActivity(recordId, change, inMs(PATIENT_MS))), null);
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
        const { recordId } = okOf(await (await prepareWrite(subject.crm, "deal")).send());
        const change = {
          place: { pipeline: null, stage: subject.laterStage },
          addTags: ["topic:pricing", "topic:größe, farbe"],
        };
        for (let times = 0; times < 2; times += 1) {
          assert.equal(okOf(await subject.crm.updateDeal(recordId, change, inMs(PATIENT_MS)))?.recordId, recordId);
          const deal = await subject.dealOf(recordId);
          assert.equal(deal.stage, subject.laterStage);
          assert.deepEqual(deal.tags.toSorted(), ["email-sourced", ...change.addTags].toSorted());
        }
        okOf(await subject.crm.updateDeal(recordId, { place: null, addTags: ["x"] }, inMs(PATIENT_MS)));
        assert.equal((await subject.dealOf(recordId)).stage, subject.laterStage);
      },
    },
    {
      name: "deal: one that a person deleted is moved to null; a stage that is not there is the record's fault",
      run: async (subject) => {
        const { recordId } = okOf(await (await prepareWrite(subject.crm, "deal")).send());
        const nowhere = { place: { pipeline: null, stage: "no-such-stage" }, addTags: [] };
        const refused = faultOf(await subject.crm.updateDeal(recordId, nowhere, inMs(PATIENT_MS)));
        assert.equal(refused.kind, "record-permanent");
        await subject.remove("deal", recordId);
        const change = { place: { pipeline: null, stage: subject.laterStage }, addTags: [] };
        assert.equal(okOf(await subject.crm.updateDeal(recordId, change, inMs(PATIENT_MS))), null);
      },
    },
  ];
}

/** Settles an unknown as the adapter's trait says, the way the sink does. */
async function settle(crm: Crm, effect: WrittenEffect, write: Write): Promise<{ recordId: string }> {
  const { settle: how } = crm.traits[effect];
  assert.notEqual(how, "none", `${effect} declares that nothing settles it`);
  if (how === "consistent-lookup") {
    const found = okOf(await crm.lookup(effect, write.key, inMs(PATIENT_MS)));
    if (found !== null) return found;
  }
  return okOf(await write.send());
}

async function writtenActivity(crm: Crm): Promise<{ input: ActivityInput; recordId: string }> {
  const contact = okOf(await (await prepareWrite(crm, "contact")).send());
  const input = activityInput(`eml_${plainId()}`, contact.recordId, null);
  return { input, recordId: okOf(await crm.createActivity(input, inMs(PATIENT_MS))).recordId };
}

export async function prepareWrite(crm: Crm, effect: WrittenEffect, target: Crm = crm): Promise<Write> {
  const id = plainId();
  const email = `mara.${id}@example.com`;
  const contact = { email, firstName: "Mara", lastName: "Núñez" };
  type Send = (options: { deadline: number }, again: { replaces: string | null }) => Promise<CallResult<Written>>;
  const write = (key: string, send: Send): Write => ({
    key,
    secret: email,
    send: (milliseconds = PATIENT_MS, replaces) => send(inMs(milliseconds), { replaces: replaces ?? null }),
  });
  switch (effect) {
    case "contact":
      return write(email, (options, again) => target.upsertContact({ ...contact, ...again }, options));
    case "company": {
      // What the account needs for companies is made with the first one.
      okOf(await crm.createCompany({ domain: `first-${id}.example`, name: "First" }, inMs(PATIENT_MS)));
      const domain = `${id}.example`;
      return {
        ...write(domain, (options, again) => target.createCompany({ domain, name: domain, ...again }, options)),
        secret: domain,
      };
    }
    case "file": {
      const key = `eml_${id}/${id}${id}`;
      const file = { key, filename: FILENAME, contentType: "application/pdf", bytes: Buffer.from(`%PDF ${id}`) };
      return write(key, (options, again) => target.uploadFile({ ...file, ...again }, options));
    }
    case "deal": {
      const contactId = okOf(await crm.upsertContact(contact, inMs(PATIENT_MS))).recordId;
      const deal = dealInput(id, contactId);
      return write(deal.key, (options, again) => target.createDeal({ ...deal, ...again }, options));
    }
    case "task": {
      const contactId = okOf(await crm.upsertContact(contact, inMs(PATIENT_MS))).recordId;
      const dealId = okOf(await crm.createDeal(dealInput(id, contactId), inMs(PATIENT_MS))).recordId;
      const about = { title: `Angebot senden 🗼 ${id}`, text: `An ${email}\n\nhttps://example.com/angebot?a=1&b=2` };
      const due = { dueAt: Date.UTC(2026, 4, 18, 9, 30), priority: "high" as const };
      const task = { key: `eml_${id}/pricing-asked`, ...about, ...due, contactId, dealId };
      return write(task.key, (options, again) => target.createTask({ ...task, ...again }, options));
    }
    case "activity": {
      const contactId = okOf(await crm.upsertContact(contact, inMs(PATIENT_MS))).recordId;
      const activity = activityInput(`eml_${id}`, contactId, email);
      return write(activity.key, (options) => target.createActivity(activity, options));
    }
  }
}

export function dealInput(id: string, contactId: string): DealInput {
  const place = { pipeline: null, stage: null, tags: ["email-sourced"] };
  return { key: `cnv_${id}`, name: `Anfrage ${id}`, contactId, ...place };
}

export function activityInput(key: string, contactId: string, from: string | null): ActivityInput {
  return {
    key,
    subject: "Angebot für 東京 🗼",
    text: "Guten Tag\n\nhttps://example.com/angebot",
    html: "<p>Guten Tag</p>",
    at: Date.UTC(2026, 4, 17, 9, 30, 15),
    from: { email: from ?? "mara@example.com", name: "Mara Núñez" },
    to: [{ email: "sales@inlet.example", name: null }],
    cc: [{ email: "tom@example.com", name: "Tom" }],
    messageId: `${key}@mail.example.com`,
    inReplyTo: null,
    spamVerdict: "pass",
    attachmentCount: 0,
    contactId,
    companyId: null,
    dealId: null,
    fileIds: [],
  };
}

export function okOf<T>(result: CallResult<T>): T {
  if (!result.ok) assert.fail(`expected success, got ${result.fault.code}: ${result.fault.message}`);
  return result.value;
}

export function faultOf(result: CallResult<unknown>): CallFault {
  if (result.ok) assert.fail("expected a fault, got success");
  return result.fault;
}

function quotesNothing(fault: CallFault, write: Write): void {
  assert.ok(!JSON.stringify(fault).includes(write.secret), "a fault quotes an address");
}

export function plainId(): string {
  return randomUUID().replaceAll("-", "");
}
