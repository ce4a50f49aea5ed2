import assert from "node:assert/strict";
import type {
  ActivityInput,
  CallResult,
  Crm,
  DealInput,
  FileRecords,
  Found,
  Parents,
  RecordName,
  Written,
} from "../src/port.ts";
import { FILENAME, inMs, expectOk, PATIENT_MS, plainId, soon } from "./subject.ts";

/** One write of a record, repeatable: its key, and the address in it that no fault may quote. */
export interface Write {
  readonly key: string;
  readonly secret: string;
  /** What it is looked up by. */
  readonly sought: Sought;
  /** `replaces`: a record that is gone. */
  send(milliseconds?: number, replaces?: string): Promise<CallResult<Written>>;
}

/** As much as a look-up of any record is given. */
type Sought = Parameters<FileRecords["lookup"]>[0];

const NO_PARENTS: Parents = { contactId: "", dealId: null };

/** The record that carries the key of the write. */
export async function lookUp(
  crm: Crm,
  record: RecordName,
  { sought }: Pick<Write, "sought">,
): Promise<CallResult<Found>> {
  return crm.records[record].lookup(sought, soon());
}

/** What a look-up needs of a record that {@link prepareWrite} did not write. */
export function sought(key: string, more: Partial<Sought> = {}): Pick<Write, "sought"> {
  return { sought: { key, since: Date.now(), filename: FILENAME, ...NO_PARENTS, ...more } };
}

/** Settles an unknown as the adapter's record type says, the way the sink does. */
export async function settle(crm: Crm, record: RecordName, write: Write): Promise<{ recordId: string }> {
  const { how } = crm.records[record].settle;
  assert.notEqual(how, "none", `${record} declares that nothing settles it`);
  if (how === "consistent-lookup") {
    const found = expectOk(await lookUp(crm, record, write));
    if (found !== null) return found;
  }
  return expectOk(await write.send());
}

export async function prepareWrite(crm: Crm, record: RecordName, target: Crm = crm): Promise<Write> {
  const id = plainId();
  const email = `mara.${id}@example.com`;
  const contact = { email, firstName: "Mara", lastName: "Núñez" };
  type Send = (options: { deadline: number }, again: { replaces: string | null }) => Promise<CallResult<Written>>;
  const since = Date.now();
  const write = (key: string, send: Send, parents: Parents = NO_PARENTS): Write => ({
    key,
    secret: email,
    sought: { key, since, filename: FILENAME, ...parents },
    send: (milliseconds = PATIENT_MS, replaces) => send(inMs(milliseconds), { replaces: replaces ?? null }),
  });
  const writeParents = async (): Promise<Parents> => {
    return { contactId: expectOk(await crm.records.contact.write(contact, soon())).recordId, dealId: null };
  };
  switch (record) {
    case "contact":
      return write(email, (options, again) => target.records.contact.write({ ...contact, ...again }, options));
    case "company": {
      // What the account needs for companies is made with the first one.
      expectOk(await crm.records.company.write({ domain: `first-${id}.example`, name: "First" }, soon()));
      const domain = `${id}.example`;
      return {
        ...write(domain, (options, again) => target.records.company.write({ domain, name: domain, ...again }, options)),
        secret: domain,
      };
    }
    case "file": {
      const parents = await writeParents();
      const key = `eml_${id}/${id}${id}`;
      const file = { key, filename: FILENAME, contentType: "application/pdf", bytes: Buffer.from(`%PDF ${id}`) };
      return write(
        key,
        (options, again) => target.records.file.write({ ...file, ...parents, ...again }, options),
        parents,
      );
    }
    case "deal": {
      const parents = await writeParents();
      const deal = dealInput(id, parents.contactId);
      return write(deal.key, (options, again) => target.records.deal.write({ ...deal, ...again }, options), parents);
    }
    case "task": {
      const { contactId } = await writeParents();
      const dealId = expectOk(await crm.records.deal.write(dealInput(id, contactId), soon())).recordId;
      const about = { title: `Angebot senden 🗼 ${id}`, text: `An ${email}\n\nhttps://example.com/angebot?a=1&b=2` };
      const due = { dueAt: Date.UTC(2026, 4, 18, 9, 30), priority: "high" as const };
      const task = { key: `eml_${id}/pricing-asked`, ...about, ...due, contactId, dealId };
      return write(task.key, (options, again) => target.records.task.write({ ...task, ...again }, options), {
        contactId,
        dealId,
      });
    }
    case "activity": {
      const parents = await writeParents();
      const activity = activityInput(`eml_${id}`, parents.contactId, email);
      return write(activity.key, (options) => target.records.activity.write(activity, options), parents);
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
