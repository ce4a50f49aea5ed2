import { createSandbox, type Sandbox } from "@inlet/crm-sandbox";
import { ledgerOn, openMemoryDatabase } from "@inlet/ledger/testing";
import type { NormalizedEvent } from "@inlet/schemas";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sinkSteps, type SinkSteps } from "../running/sink-steps.ts";

/** What stands in the CRM and in the ledger after an email, and after a replay of it: the sink's steps on a ledger in memory. */
let sandbox: Sandbox;
let sink: SinkSteps;
const sent: string[] = [];

const RULES = `
notices:
  chat: { url: "https://chat.example/inlet", secret: env:NOTICE_SECRET }
rules:
  - id: all
    when: { keywords: [offer] }
    then:
      createTask: { title: "Quote for {subject}", dueIn: 1d, priority: high }
      setStage: { stage: qualifiedtobuy }
      notify: chat
`;

beforeAll(async () => {
  sandbox = createSandbox({ seed: false, searchLagMs: 0 });
  sandbox.app.addHook(
    "preHandler",
    async (request) => void sent.push(`${request.url} ${JSON.stringify(request.body)}`),
  );
  const home = await sandbox.app.listen({ host: "127.0.0.1", port: 0 });
  sink = await sinkSteps(`crm: { kind: hubspot, baseUrl: ${home}, token: env:CRM_TOKEN }`, {
    ledger: ledgerOn(await openMemoryDatabase()),
    more: RULES,
    env: { NOTICE_SECRET: `whsec_${Buffer.alloc(32, 7).toString("base64")}` },
  });
}, 120_000);
afterAll(async () => {
  await sink?.close();
  await sandbox?.app.close();
});

it("N3: nothing that goes to a CRM or to the tenant's own systems has a link that no one serves", async () => {
  const long = "An offer, please.\n".repeat(10_000);
  for (const changed of [
    {},
    { text: null, html: null, replyText: null },
    { text: long, replyText: long, html: `<p>${long}</p>` },
  ]) {
    const tried = await sink.deliver(sink.email({ subject: "An offer", ...changed }));
    expect(tried).toMatchObject({ kind: "written", warnings: [], notifications: [{ notice: "chat" }] });
    sent.push(JSON.stringify(tried.notifications));
  }
  expect(sandbox.store.all("emails").map(({ properties }) => properties["hs_email_text"]?.slice(0, 9))).toEqual([
    "Thank you",
    "(no text)",
    "An offer,",
  ]);
  expect(sandbox.store.all("tasks")).toHaveLength(3);
  expect(sent.join("\n")).not.toMatch(/\/e\/|Full email|view_?url/i);
});

describe("N4: a replay after a change of the tenant's mailboxes", () => {
  const tagged = (...values: string[]) =>
    values.map((value) => ({ kind: "queue", value, address: "sales@inlet.example" }));
  const getTags = (deal: string | null | undefined) =>
    (sandbox.store.find("deals", deal ?? "")?.properties["inlet_tags"] ?? "").split(";").toSorted();
  let version = 0;
  /** The tenant's file changes; the parser reads the email anew. */
  const replay = async (event: NormalizedEvent, changed: Partial<NormalizedEvent>, more = RULES) => {
    version += 1;
    sink.remap(`mailboxes: { sales: { addresses: [sales@inlet.example], tags: { version: v${version} } } }\n${more}`);
    return sink.deliver({ ...event, ...changed, parsedAt: event.parsedAt + version });
  };
  const getEffects = async ({ eventId }: NormalizedEvent) =>
    (await sink.ledger.inspect.delivery(sink.tenant, eventId))?.effects.map(({ effect }) => effect).toSorted();

  it("gives the deal the tags that are new, keeps those that people took away or gave, and does it once", async () => {
    const event = sink.email({ subject: "An offer", addressTags: tagged("a", "b") });
    const { records } = await sink.deliver(event);
    const deal = sandbox.store.find("deals", records["deal"] ?? "");
    if (deal === undefined) throw new Error("no deal");
    expect(getTags(deal.id)).toEqual(["email-sourced", "queue:a", "queue:b"]);
    sandbox.store.update(deal, { inlet_tags: "email-sourced;queue:b;hot" }, Date.now(), 0);
    expect(await replay(event, { addressTags: tagged("a", "b", "c") })).toMatchObject({
      kind: "written",
      warnings: [],
      evidence: { tags: { added: ["queue:c"] } },
    });
    expect(getTags(deal.id)).toEqual(["email-sourced", "hot", "queue:b", "queue:c"]);
    sent.splice(0);
    await replay(event, { addressTags: tagged("c") });
    expect(sent.filter((call) => call.includes("objects/deals"))).toEqual([]);
  });

  it("leaves the deal alone that another email made, that people made, or that is gone", async () => {
    const first = sink.email({ thread: "shared", addressTags: tagged("a") });
    const { records } = await sink.deliver(first);
    const reply = sink.email({ thread: "shared", place: 1 });
    await sink.deliver(reply);
    await replay(reply, { addressTags: tagged("reply") });
    expect(getTags(records["deal"])).toEqual(["email-sourced", "queue:a"]);

    const deal = sandbox.store.find("deals", records["deal"] ?? "");
    if (deal === undefined) throw new Error("no deal");
    const named = sink.email({ addressTags: [{ kind: "deal", value: deal.id, address: "sales@inlet.example" }] });
    await sink.deliver(named);
    await replay(named, { addressTags: [...named.addressTags, ...tagged("named")] });
    expect(getTags(deal.id)).toEqual(["email-sourced", "queue:a"]);

    sandbox.store.archive(deal, Date.now());
    expect(await replay(first, { addressTags: tagged("late") })).toMatchObject({ kind: "written" });
  });

  it("a second delivery of the email adds its tags to the deal of the first", async () => {
    const first = sink.email({ addressTags: tagged("a") });
    const { records } = await sink.deliver(first);
    const second = { ...first, eventId: sink.email({}).eventId, addressTags: tagged("other-mailbox") };
    expect(await sink.deliver(second)).toMatchObject({ kind: "suppress", reason: "duplicate_email" });
    expect(getTags(records["deal"])).toEqual(["email-sourced", "queue:a", "queue:other-mailbox"]);
  });

  it.each([
    ["the same rules", RULES],
    ["a file without the rules", ""],
  ])("keeps every record that the email wrote in sight: %s", async (_, more) => {
    sink.remap(RULES);
    const event = sink.email({ subject: "An offer" });
    await sink.deliver(event);
    expect(await getEffects(event)).toEqual(["activity", "contact", "deal", "stage", "task"]);
    expect(await replay(event, { subject: "An offer, corrected" }, more)).toMatchObject({ kind: "written" });
    expect(await getEffects(event)).toEqual(["activity", "contact", "deal", "stage", "task"]);
  });

  it("tells again what the tenant's rules could not do, though it does none of it again", async () => {
    sink.remap(`${RULES}`);
    const event = sink.email({ subject: "An offer" });
    sandbox.faults.add({ match: { method: "POST", path: "/crm/v3/objects/tasks" }, status: 400, times: 1 });
    const first = await sink.deliver(event);
    sandbox.faults.clear();
    expect(first).toMatchObject({ kind: "written", warnings: [expect.stringMatching(/^rule_failed: rule all, task/)] });
    const again = await replay(event, { subject: "An offer, corrected" }, RULES);
    expect(again).toMatchObject({ kind: "written", warnings: first.warnings });
    const rest = await replay(event, { subject: "An offer, corrected twice" }, "");
    expect(rest).toMatchObject({ kind: "written", warnings: first.warnings });
  });
});
