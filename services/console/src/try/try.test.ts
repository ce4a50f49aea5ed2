import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findActive, isOurs } from "../../testing/find-active.ts";
import { HOSTILE_TEXTS, buildHostileMime } from "../../testing/hostile-emails.ts";
import { createMemoryTries } from "../../testing/memory-tries.ts";
import { openSeededConsole, ORIGIN, WRITTEN_EVENT, type SeededConsole } from "../../testing/seeded-console.ts";
import type { TriedDelivery } from "./try-deps.ts";

/** OP6: try an email, nothing written. That it says what `inlet parse`, `inlet rules try` and the sink say: test/pipeline/try-email.test.ts. */
const MIME = [
  "From: Mara <mara@customers.example>",
  "To: sales@inlet.example",
  "Subject: Pumps",
  "Message-ID: <pumps@customers.example>",
  "",
  "How much are the pumps?",
].join("\r\n");
const DELIVERY: TriedDelivery = {
  asked: true,
  result: "changed",
  reason: null,
  detail: null,
  changes: [{ record: "activity", field: "text", from: "stands in the CRM", to: "How much", result: "write" }],
  evidence: { deal: { matchedBy: "created" } },
  warnings: [],
  calls: 3,
};

let seeded: SeededConsole;
let machine: string;

beforeAll(async () => {
  seeded = await openSeededConsole({ tries: createMemoryTries({ preview: async () => DELIVERY }) });
  await seeded.content.putEmail(seeded.database, { tenant: "globex", eventId: WRITTEN_EVENT, mime: MIME });
  await seeded.database.query("update deliveries set source_kind = 'raw-mime' where event_id = $1", [WRITTEN_EVENT]);
  machine = await seeded.createToken({ role: "ingest", tenant: "acme" });
});
afterAll(async () => seeded.close());

async function post(payload: object, token = machine, url = "/api/v1/try") {
  return seeded.app.inject({ method: "POST", url, payload, headers: { authorization: `Bearer ${token}` } });
}

describe("a pasted email", () => {
  it("is parsed, classified and held against the tenant's rules; its delivery is previewed", async () => {
    const tried = JSON.parse((await post({ tenant: "acme", email: MIME, to: "deal-7@inlet.example" })).body);
    expect(tried).toMatchObject({
      parsed: { subject: "Pumps", tenantId: "offline" },
      contact: { email: "mara@customers.example", via: "from" },
      emailKey: expect.stringMatching(/^eml_/),
      conversationId: expect.stringMatching(/^cnv_/),
      rules: { mailbox: "sales", class: "human", policy: "write", tags: [{ kind: "deal", value: "7" }] },
      delivery: { result: "changed", evidence: DELIVERY.evidence },
    });
    expect(tried.rules.rules).toMatchObject([
      { ruleId: "pricing-asked", held: true, actions: [{ kind: "createTask" }] },
    ]);
  });

  it("writes nothing: not even the audit", async () => {
    const before = await seeded.ledger.auditLog.list({ limit: 1 });
    await post({ tenant: "acme", email: MIME });
    expect(await seeded.ledger.auditLog.list({ limit: 1 })).toEqual(before);
  });

  it("says of one that cannot be understood what would become of it", async () => {
    expect(JSON.parse((await post({ tenant: "acme", email: "{", form: "json" })).body)).toMatchObject({
      error: { code: "unreadable_json" },
    });
  });

  it("shows what stands in the CRM to those alone who may see content", async () => {
    const viewer = await seeded.createToken({ role: "ingest", tenant: "acme" }, { role: "view", tenant: "acme" });
    for (const [token, from] of [
      [machine, null],
      [viewer, "stands in the CRM"],
    ] as const) {
      const { delivery } = JSON.parse((await post({ tenant: "acme", email: MIME }, token)).body);
      expect(delivery.changes[0].from).toBe(from);
    }
  });

  it.each(HOSTILE_TEXTS)("runs nothing of %s", async (text) => {
    const answer = await seeded.app.inject({
      method: "POST",
      url: "/try",
      headers: {
        origin: ORIGIN,
        cookie: `__Host-inlet=${await seeded.createSession(`ada ${text.length}`, { role: "ingest", tenant: "*" })}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      payload: new URLSearchParams({
        tenant: "acme",
        email: buildHostileMime(text),
        form: "mime",
        eventId: "",
        to: "",
        reason: "",
      }).toString(),
    });
    expect(answer.statusCode).toBe(200);
    expect(findActive(answer.body, isOurs)).toEqual([]);
  });
});

describe("who may", () => {
  it.each([
    ["another role", { tenant: "acme", email: MIME }, { role: "view", tenant: "acme" }, 403],
    ["another tenant's", { tenant: "globex", email: MIME }, { role: "ingest", tenant: "acme" }, 403],
    ["no email at all", { tenant: "acme" }, { role: "ingest", tenant: "*" }, 400],
    ["an address that is none", { tenant: "acme", email: MIME, to: "sales" }, { role: "ingest", tenant: "*" }, 400],
    ["a tenant without a file", { tenant: "initech", email: MIME }, { role: "ingest", tenant: "*" }, 404],
    [
      "one that came, without the role view",
      { tenant: "globex", eventId: WRITTEN_EVENT },
      { role: "ingest", tenant: "*" },
      403,
    ],
    [
      "one that is larger than a try",
      { tenant: "acme", email: "x".repeat(31 * 1024 * 1024) },
      { role: "ingest", tenant: "*" },
      413,
    ],
  ])("%s", async (_, payload, grant, status) => {
    expect((await post(payload, await seeded.createToken(grant))).statusCode).toBe(status);
  });
});

it("an email that came is tried by those who may see it, and the view stands in the audit", async () => {
  const both = ["ingest", "view"].map((role) => ({ role, tenant: "globex" }));
  const { body } = await post({ tenant: "globex", eventId: WRITTEN_EVENT }, await seeded.createToken(...both));
  expect(JSON.parse(body)).toMatchObject({ parsed: { subject: "Pumps" } });
  expect(await seeded.ledger.auditLog.list({ tenant: "globex", limit: 1 })).toMatchObject([
    { action: "email.view", detail: { eventId: WRITTEN_EVENT, tried: true } },
  ]);
});
