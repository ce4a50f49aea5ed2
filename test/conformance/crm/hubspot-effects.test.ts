import type { CallResult, Crm } from "@inlet/crm";
import { afterEach, describe, expect, test } from "vitest";
import { hubSpotSubject } from "./sandbox-subject.ts";
import type { HubSpotSubject } from "./sandbox-subject.ts";
import { soon, ADA, expectFault, file, sought } from "./hubspot-writes.ts";

const opened: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

async function subject(): Promise<HubSpotSubject> {
  const made = await hubSpotSubject();
  opened.push(() => made.close());
  return made;
}

function expectValue<T>(result: CallResult<T>): T {
  if (!result.ok) throw new Error(result.fault.code);
  return result.value;
}

describe("once in effect", () => {
  test.each(["contact", "deal", "activity", "file"] as const)(
    "%s: even a settlement before the late write lands ends in one record",
    async (effect) => {
      const { crm, inject, landed, count } = await subject();
      const contactId = effect === "contact" ? "" : expectValue(await crm.records.contact.write(ADA, soon())).recordId;
      const write = buildWrite(crm, effect, contactId);
      await inject(effect, "late-write");
      expect(expectFault(await write.send(100))).toMatchObject({
        kind: "outage",
        code: "hubspot:timeout",
        unknown: true,
      });
      expect(expectValue(await crm.records[effect].lookup(sought(write.key), soon()))).toBeNull();
      expectValue(await write.send(5_000));
      await landed();
      expect(await count(effect, write.key, "a.txt")).toBe(1);
    },
  );

  test("a deal whose association fails is unknown, and sending it again completes it", async () => {
    const { crm, sandbox } = await subject();
    const contactId = expectValue(await crm.records.contact.write(ADA, soon())).recordId;
    const write = buildWrite(crm, "deal", contactId);
    sandbox.faults.add({ match: { method: "PUT" }, status: 429, times: 1 });
    expect(expectFault(await write.send(5_000))).toMatchObject({ kind: "outage", unknown: true });
    const { recordId } = expectValue(await write.send(5_000));
    const [deal, ...others] = sandbox.store.all("deals");
    expect(others).toEqual([]);
    expect(deal?.id).toBe(recordId);
    expect(deal && sandbox.store.associated(deal, "contacts").map(({ toId }) => toId)).toEqual([contactId]);
    expect(deal?.properties).toMatchObject({ inlet_tags: "email-sourced", dealstage: "appointmentscheduled" });
  });

  test("the names that a person gave a contact stay", async () => {
    const { crm, sandbox } = await subject();
    const made = expectValue(await crm.records.contact.write(ADA, soon()));
    const again = expectValue(await crm.records.contact.write({ ...ADA, firstName: "ADA", lastName: null }, soon()));
    expect(again).toEqual({ recordId: made.recordId, created: false });
    expect(sandbox.store.find("contacts", made.recordId)?.properties).toMatchObject({
      firstname: "Ada",
      lastname: "Byron",
    });
  });

  test("an account without Inlet's properties gets them with the first write", async () => {
    const { adapter, sandbox } = await subject();
    sandbox.store.clear();
    const crm = adapter();
    const contactId = expectValue(await crm.records.contact.write(ADA, soon())).recordId;
    expectValue(await crm.records.activity.write({ ...activity, contactId }, soon()));
    expectValue(await buildWrite(crm, "deal", contactId).send(5_000));
    expect(sandbox.store.definitions("emails").get("inlet_email_key")?.hasUniqueValue).toBe(true);
  });

  test("verifying makes nothing, and names what is missing; preparing makes it, and says what it made", async () => {
    const { adapter, sandbox } = await subject();
    sandbox.store.clear();
    const { setup } = adapter();
    const missing = expectFault(await setup.verify(null, soon()));
    expect(missing).toMatchObject({ kind: "outage", code: "hubspot:400:PROPERTY_MISSING", unknown: false });
    expect(missing.message).toContain("inlet_conversation of deals is not there");
    expect(sandbox.store.definitions("emails").has("inlet_email_key")).toBe(false);
    expect(expectValue(await setup.prepare(null, soon())).made).toContain("emails.inlet_email_key");
    expect(expectValue(await setup.verify(null, soon()))).toBeNull();
  });

  test("a property that is there but not unique stops the account instead of making duplicates", async () => {
    const { adapter, sandbox } = await subject();
    const known = sandbox.store.definitions("emails").get("inlet_email_key");
    if (known === undefined) throw new Error("not prepared");
    sandbox.store.define("emails", { ...known, hasUniqueValue: false });
    const { setup } = adapter();
    for (const look of [setup.atStart, setup.verify, setup.prepare])
      expect(expectFault(await look(null, soon()))).toMatchObject({ code: "hubspot:400:PROPERTY_MISSING" });
  });
});

test("every call is reported with a template, never an id, and its outcome", async () => {
  const { crm, calls, inject } = await subject();
  const contactId = expectValue(await crm.records.contact.write(ADA, soon())).recordId;
  calls.length = 0;
  expectValue(await crm.records.activity.write({ ...activity, contactId }, soon()));
  expectValue(await crm.records.activity.lookup(sought(activity.key), soon()));
  await inject("activity", "drop-after-write");
  expectFault(await crm.records.activity.write({ ...activity, key: "eml_2", contactId }, soon()));
  expect(calls.map(({ operation, status, outcome }) => [operation, status, outcome])).toEqual([
    ["hubspot POST /crm/v3/objects/emails", 201, "ok"],
    ["hubspot GET /crm/v3/objects/emails/{emailId}", 200, "ok"],
    ["hubspot POST /crm/v3/objects/emails", null, "unknown"],
  ]);
});

const activity = {
  key: "eml_1",
  subject: "Hello",
  text: "Hello",
  html: null,
  at: 1_780_000_000_000,
  from: { email: "ada@example.com", name: "Ada Byron" },
  to: [],
  cc: [],
  messageId: "m1@example.com",
  inReplyTo: null,
  spamVerdict: null,
  attachmentCount: 0,
  contactId: "1",
  companyId: null,
  dealId: null,
  fileIds: [],
} as const;

function buildWrite(crm: Crm, effect: "contact" | "deal" | "activity" | "file", contactId: string) {
  const place = { pipeline: null, stage: null };
  const deal = { key: "cnv_1", name: "Hello", contactId, tags: ["email-sourced"], ...place };
  return {
    contact: { key: ADA.email, send: (ms: number) => crm.records.contact.write(ADA, soon(ms)) },
    deal: { key: deal.key, send: (ms: number) => crm.records.deal.write(deal, soon(ms)) },
    activity: {
      key: activity.key,
      send: (ms: number) => crm.records.activity.write({ ...activity, contactId }, soon(ms)),
    },
    file: { key: file.key, send: (ms: number) => crm.records.file.write(file, soon(ms)) },
  }[effect];
}
