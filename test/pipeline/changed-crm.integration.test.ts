import { createSandbox, type Sandbox } from "@inlet/crm-sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sinkSteps, type SinkSteps } from "../running/sink-steps.ts";

/** L25: what people delete and merge in the CRM while mail flows; the sink's steps on the real ledger. */
let sandbox: Sandbox;
let sink: SinkSteps;
let home: string;

beforeAll(async () => {
  sandbox = createSandbox({ seed: false, searchLagMs: 0 });
  home = await sandbox.app.listen({ host: "127.0.0.1", port: 0 });
  sink = await sinkSteps(`crm: { kind: hubspot, baseUrl: ${home}, token: env:CRM_TOKEN, companies: create }`);
});
afterAll(async () => {
  await sink?.close();
  await sandbox?.app.close();
});

const remove = (type: "contacts" | "companies" | "deals", id: string | null | undefined): void => {
  const object = sandbox.store.find(type, id ?? "");
  if (object === undefined) throw new Error(`no ${type} ${id}`);
  sandbox.store.archive(object, Date.now());
};
const merge = async (type: string, into: string, from: string): Promise<void> => {
  const url = `/crm/v3/objects/${type}/merge`;
  const payload = { primaryObjectId: into, objectIdToMerge: from };
  const answer = await sandbox.app.inject({
    method: "POST",
    url,
    payload,
    headers: { authorization: "Bearer people" },
  });
  expect(answer.statusCode).toBe(200);
};
const findDeals = (conversation: string): number =>
  sandbox.store.all("deals").filter(({ properties }) => properties["inlet_conversation"] === conversation).length;

describe("HubSpot: a record that people deleted is written once more, and later mail finds it", () => {
  it.each(["contacts", "deals", "companies"] as const)("%s", async (type) => {
    const effect = { contacts: "contact", deals: "deal", companies: "company" }[type];
    const thread = `deleted-${type}`;
    const from = { name: "Mara Núñez", email: `mara@${type}.example` };
    const first = await sink.deliver(sink.email({ thread, from }));
    expect(first).toMatchObject({ kind: "written", warnings: [] });
    remove(type, first.records[effect]);
    const replies = [];
    for (let place = 1; place < 4; place += 1) replies.push(await sink.deliver(sink.email({ thread, from, place })));
    expect(replies.map(({ kind }) => kind)).toEqual(["written", "written", "written"]);
    const ids = new Set(replies.map(({ records }) => records[effect]));
    expect(ids.size).toBe(1);
    expect(ids).not.toContain(first.records[effect]);
    expect(replies[0]?.warnings.join()).toContain(`record_gone: the ${effect}`);
    expect(replies[1]?.warnings).toEqual([]);
    expect(findDeals(sink.email({ thread }).conversationId)).toBe(1);
  });
});

describe("HubSpot: a record that people merged into another is followed", () => {
  it.each(["contacts", "deals"] as const)("%s", async (type) => {
    const effect = type === "contacts" ? "contact" : "deal";
    const mails = ["one", "two"].map((name) => ({
      thread: `merged-${type}-${name}`,
      from: { name: "Tom", email: `${name}@merged-${type}.example` },
    }));
    const [loser, winner] = [
      await sink.deliver(sink.email(mails[0] ?? {})),
      await sink.deliver(sink.email(mails[1] ?? {})),
    ];
    await merge(type, winner.records[effect] ?? "", loser.records[effect] ?? "");
    const before = sandbox.store.all(type).length;
    for (let place = 1; place < 4; place += 1) {
      const reply = await sink.deliver(sink.email({ ...mails[0], place }));
      expect(reply).toMatchObject({ kind: "written", records: { [effect]: winner.records[effect] } });
    }
    expect(sandbox.store.all(type)).toHaveLength(before);
  });

  it("a deal that address tags name by its old id: 14 mails make no deal", async () => {
    const [one, two] = [await sink.deliver(sink.email({})), await sink.deliver(sink.email({}))];
    await merge("deals", two.records["deal"] ?? "", one.records["deal"] ?? "");
    const before = sandbox.store.all("deals").length;
    const tags = [{ kind: "deal" as const, value: one.records["deal"] ?? "", address: "sales@inlet.example" }];
    const mails = Array.from({ length: 14 }, () => sink.email({ addressTags: tags }));
    for (const written of await Promise.all(mails.map(async (mail) => sink.deliver(mail)))) {
      expect(written).toMatchObject({ kind: "written", records: { deal: two.records["deal"] } });
    }
    expect(sandbox.store.all("deals")).toHaveLength(before);
  });
});

describe("what stays as people left it", () => {
  it("an activity that a person deleted is not written again by a replay of its email", async () => {
    const event = sink.email({});
    const written = await sink.deliver(event);
    const email = sandbox.store.find("emails", written.records["activity"] ?? "");
    if (email === undefined) throw new Error("no activity");
    sandbox.store.archive(email, Date.now());
    const replayed = { ...event, subject: "Changed since", contentHash: "other", parsedAt: event.parsedAt + 1 };
    expect(await sink.deliver(replayed)).toMatchObject({ kind: "suppress", reason: "gone_in_crm" });
  });
});

it("a lost deal keeps its replies, and says so; a new thread with the same subject gets a deal of its own (L30)", async () => {
  const from = { name: "Rosa", email: "rosa@lost.example" };
  const subject = "Offer for the pump P-770";
  const first = await sink.deliver(sink.email({ thread: "lost", from, subject }));
  const deal = sandbox.store.find("deals", first.records["deal"] ?? "");
  if (deal === undefined) throw new Error("no deal");
  sandbox.store.update(deal, { dealstage: "closedlost" }, Date.now(), 0);
  const reply = await sink.deliver(
    sink.email({ thread: "lost", from, subject: `Re: ${subject}`, place: 1, inReplyTo: "one@lost.example" }),
  );
  expect(reply).toMatchObject({ kind: "written", records: { deal: deal.id } });
  expect(reply.warnings).toEqual([`deal_closed: the deal ${deal.id} is lost`]);
  const anew = await sink.deliver(sink.email({ thread: "lost-anew", from, subject }));
  expect(anew.records["deal"]).not.toBe(deal.id);
  expect(anew.evidence["deal"]).toMatchObject({
    matchedBy: "created",
    detail: expect.stringContaining(`the deal ${deal.id} is closed`),
  });
  const next = await sink.deliver(sink.email({ thread: "lost-next", from, subject }));
  expect(next.records["deal"]).toBe(anew.records["deal"]);
});

it("four emails at once about a deleted deal make one", async () => {
  const first = await sink.deliver(sink.email({ thread: "at-once" }));
  remove("deals", first.records["deal"]);
  const replies = [1, 2, 3, 4].map((place) => sink.email({ thread: "at-once", place }));
  const tries = await Promise.all(replies.map(async (reply) => sink.deliverInTurn(reply)));
  expect(tries.map(({ kind }) => kind)).toEqual(["written", "written", "written", "written"]);
  expect(new Set(tries.map(({ records }) => records["deal"])).size).toBe(1);
  expect(findDeals(sink.email({ thread: "at-once" }).conversationId)).toBe(1);
});

it("one mailbox in NFC, in NFD and with A-labels is one contact (L29)", async () => {
  const written = [
    "m\u00fcller@b\u00fccher.example",
    "mu\u0308ller@bu\u0308cher.example",
    "m\u00fcller@xn--bcher-kva.example",
  ];
  const tries = [];
  for (const email of written) tries.push(await sink.deliver(sink.email({ from: { name: null, email } })));
  expect(tries.map(({ kind }) => kind)).toEqual(["written", "written", "written"]);
  expect(new Set(tries.map(({ records }) => records["contact"])).size).toBe(1);
});

describe("another account behind the same tenant (L28)", () => {
  it("is refused until an operator accepts it; then everything begins anew there, and what was before is found when it leads back", async () => {
    const other = createSandbox({ seed: false, portalId: 777 });
    const origin = await other.app.listen({ host: "127.0.0.1", port: 0 });
    const moved = await sinkSteps(`crm: { kind: hubspot, baseUrl: ${origin}, token: env:CRM_TOKEN }`, {
      tenant: sink.tenant,
    });
    const back = await sinkSteps(`crm: { kind: hubspot, baseUrl: ${home}, token: env:CRM_TOKEN }`, {
      tenant: sink.tenant,
    });
    try {
      const from = { name: "Ada", email: "ada@accounts.example" };
      const before = await sink.deliver(sink.email({ thread: "accounts", from }));
      // A stranger who has the contact's id there.
      other.store.create("contacts", { email: "stranger@example.net" }, Date.now(), before.records["contact"] ?? "");
      const mail = sink.email({ thread: "accounts", from, place: 1 });
      expect(await moved.deliver(mail)).toMatchObject({ kind: "park", code: "crm_account_changed" });
      expect(other.store.all("emails")).toEqual([]);
      expect(JSON.stringify(moved.logged)).toContain(`inlet crm switch ${sink.tenant}`);

      expect(await sink.ledger.effects.switchCrm(sink.tenant, "ops")).toEqual(["hubspot portal 62515"]);
      const written = await moved.deliver(mail);
      expect(written).toMatchObject({ kind: "written" });
      expect(written.records["contact"]).not.toBe(before.records["contact"]);
      expect(other.store.all("emails")).toHaveLength(1);

      await sink.ledger.effects.switchCrm(sink.tenant, "ops");
      const again = await back.deliver(sink.email({ thread: "accounts", from, place: 2 }));
      expect(again).toMatchObject({
        kind: "written",
        records: { contact: before.records["contact"], deal: before.records["deal"] },
      });
    } finally {
      await Promise.all([moved.close(), back.close(), other.app.close()]);
    }
  });
});
