import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { createMemoryContent, type MemoryContent } from "../../testing/memory-content.ts";
import { openSeededConsole, ORIGIN, type SeededConsole } from "../../testing/seeded-console.ts";
import { signPicture, VIEW_MS } from "./view-token.ts";
import { createViewLimit, VIEWS } from "./view-limit.ts";

/** OP6, OP7, UN4: the guarded full view. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const EVENT = "evt_read";
const MIME = [
  "From: Mara Example <mara@customers.example>",
  "To: sales@inlet.example",
  "Subject: An offer for the blue pumps",
  "Message-ID: <pumps@customers.example>",
  "Date: Mon, 30 Nov 2026 10:00:00 +0000",
  "MIME-Version: 1.0",
  "Content-Type: multipart/mixed; boundary=b1",
  "",
  "--b1",
  "Content-Type: text/html; charset=utf-8",
  "",
  `<p>How much are the <b>blue pumps</b>?</p><img src="cid:logo"><img src="https://images.example/pixel.png?who=1"><script>alert(1)</script>`,
  "--b1",
  "Content-Type: image/png; name=logo.png",
  "Content-ID: <logo>",
  "Content-Disposition: inline",
  "Content-Transfer-Encoding: base64",
  "",
  PNG.toString("base64"),
  ...["offer.pdf", "virus.exe", "macro.js"].flatMap((name) => [
    "--b1",
    "Content-Type: application/octet-stream",
    `Content-Disposition: attachment; filename=${name}`,
    "",
    `the bytes of ${name}`,
  ]),
  "--b1--",
  "",
].join("\r\n");

let now = 10_000;
let reasonNeeded = false;
let seeded: SeededConsole;
let content: MemoryContent;
let viewer: string;
const fetched: string[] = [];

beforeAll(async () => {
  content = createMemoryContent({
    needsReason: () => reasonNeeded,
    limit: { take: () => ({ allowed: true }) },
    fetchImage: async (url) => {
      fetched.push(url);
      return { kind: "image", bytes: PNG, contentType: "image/png" };
    },
  });
  seeded = await openSeededConsole({ content, now: () => now });
  await insertEmail(EVENT);
  await content.putEmail(
    seeded.database,
    {
      tenant: "acme",
      eventId: EVENT,
      mime: MIME,
      verdicts: ["clean", "unscanned", "infected", "refused"],
    },
    (event) => ({ ...event, warnings: ["attachment_infected: Eicar-Test", "attachment_refused: extension"] }),
  );
  viewer = await seeded.createSession("ada", { role: "view", tenant: "acme" });
});
afterAll(async () => seeded.close());

async function insertEmail(eventId: string): Promise<void> {
  await seeded.database.query(
    `insert into deliveries (tenant, event_id, lane, state, source, source_kind, received_at) values ('acme', $1, 'shared', 'written', 'web', 'raw-mime', 1000)`,
    [eventId],
  );
}

async function get(url: string, session: string = viewer) {
  return seeded.app.inject({ url, headers: { cookie: `__Host-inlet=${session}` } });
}

async function getView(url = `/api/v1/e/acme/${EVENT}`, session = viewer) {
  return JSON.parse((await get(url, session)).body);
}

async function listAudit() {
  return (await seeded.ledger.auditLog.list({ tenant: "acme", limit: 100 })).filter(({ action }) =>
    action.startsWith("email."),
  );
}

/** What the audit gained by an act. */
async function auditedBy(act: () => Promise<unknown>) {
  const before = (await listAudit()).length;
  await act();
  return (await listAudit()).toReversed().slice(before);
}

describe("the page", () => {
  it("shows who wrote what, in the console's frame", async () => {
    const { body, statusCode, headers } = await get(`/e/acme/${EVENT}`);
    expect(statusCode).toBe(200);
    for (const part of [
      "An offer for the blue pumps",
      "Mara Example &#60;mara@customers.example&#62;",
      "pumps@customers.example",
      "offer.pdf",
    ])
      expect(body).toContain(part);
    // The html itself is not in the page.
    expect(body).not.toContain("<b>blue pumps</b>");
    expect(body).toMatch(/<iframe[^>]* sandbox="" src="\/e\/acme\/evt_read\/frame\?v=/);
    expect(headers["content-security-policy"]).toContain("frame-src 'self'");
    expect(headers["cache-control"]).toBe("no-store");
  });

  it("is one line of the audit: who, which email, from where; no content", async () => {
    const entries = await auditedBy(async () => get(`/e/acme/${EVENT}`));
    expect(entries).toMatchObject([
      { actor: "ada", action: "email.view", tenant: "acme", origin: "127.0.0.1", detail: { eventId: EVENT } },
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/pump|mara|offer/i);
  });

  it("is for the role view of that tenant alone; who lacks it sees the whole journey and no content, by page and by JSON", async () => {
    const others = await seeded.createSession(
      "bob",
      ...["process", "ingest", "replay", "administer"].map((role) => ({ role, tenant: "acme" })),
      { role: "view", tenant: "globex" },
    );
    const { view, email } = await getView();
    const addresses = [
      `/e/acme/${EVENT}`,
      `/api/v1/e/acme/${EVENT}`,
      email.html,
      email.attachments[1].download,
      `/e/acme/${EVENT}/raw?v=${view}`,
    ];
    for (const url of addresses) expect((await get(url, others)).statusCode, url).toBe(403);
    for (const url of [`/emails/acme/${EVENT}`, `/api/v1/emails/acme/${EVENT}`]) {
      const { statusCode, body } = await get(url, others);
      expect(statusCode).toBe(200);
      expect(body).toContain("accepted by the gateway");
      expect(body).not.toMatch(/pump|mara@|offer\.pdf/i);
    }
  });

  it("is masked on the email's own page, which leads to it where one may look", async () => {
    const { body } = await get(`/emails/acme/${EVENT}`);
    expect(body).toContain(`href="/e/acme/${EVENT}"`);
    expect(body).not.toMatch(/pump|mara@/i);
    const bob = await seeded.createSession("bob", { role: "process", tenant: "acme" });
    expect((await get(`/emails/acme/${EVENT}`, bob)).body).not.toContain(`href="/e/acme/${EVENT}"`);
  });

  it("shows nothing where the audit cannot be written", async () => {
    await seeded.database.query("alter table audit rename to audit_away");
    try {
      for (const url of [`/e/acme/${EVENT}`, `/api/v1/e/acme/${EVENT}`]) {
        const { statusCode, body } = await get(url);
        expect(statusCode).toBeGreaterThanOrEqual(500);
        expect(body).not.toMatch(/pump|mara@/i);
      }
    } finally {
      await seeded.database.query("alter table audit_away rename to audit");
    }
  });
});

describe("a tenant that wants a reason", () => {
  it("gets it before anything is shown; it stands in the audit with the view and its downloads", async () => {
    reasonNeeded = true;
    try {
      const asked = await get(`/e/acme/${EVENT}`);
      expect(asked.body).toContain('name="reason"');
      expect(asked.body).not.toMatch(/pump|mara@/i);
      expect(await getView()).toEqual({ needs: "reason" });
      const give = async (reason: string) =>
        seeded.app.inject({
          method: "POST",
          url: `/e/acme/${EVENT}/reason`,
          headers: { cookie: `__Host-inlet=${viewer}`, origin: ORIGIN },
          payload: { reason },
        });
      expect((await give("x")).statusCode).toBe(400);
      const next = String((await give("ticket 4711")).headers.location);
      // The reason alone opens nothing: the view is what is audited.
      const v = new URL(next, ORIGIN).searchParams.get("v") ?? "";
      expect((await get(`/e/acme/${EVENT}/frame?v=${v}`)).statusCode).toBe(410);
      const entries = await auditedBy(async () => {
        const { email } = await getView(`/api/v1${next}`);
        await get(email.attachments[1].download);
      });
      expect(entries.map(({ action, detail }) => [action, detail["reason"]])).toEqual([
        ["email.view", "ticket 4711"],
        ["email.download", "ticket 4711"],
      ]);
      // It is the reason of that person, for that email.
      const eve = await seeded.createSession("eve", { role: "view", tenant: "acme" });
      expect(await getView(`/api/v1${next}`, eve)).toEqual({ needs: "reason" });
    } finally {
      reasonNeeded = false;
    }
  });
});

describe("the frame", () => {
  it("has a policy of its own under which nothing runs and nothing is loaded but our pictures", async () => {
    const { email } = await getView();
    const { body, headers } = await get(email.html);
    expect(body).toContain("<b>blue pumps</b>");
    expect(body).not.toMatch(/<script|images\.example\/pixel\.png[^"]*"\s*src/);
    expect(headers["content-security-policy"]).toBe(
      `default-src 'none'; img-src data: ${ORIGIN}/picture/ ${ORIGIN}/remote-picture/; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox`,
    );
    expect(headers).toMatchObject({
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    });
  });

  it("shows the email's own pictures by links that end", async () => {
    const { email } = await getView();
    const picture = /src="([^"]*\/picture\/[^"]*)"/.exec((await get(email.html)).body)?.[1] ?? "";
    const url = picture.replace(ORIGIN, "");
    const shown = await seeded.app.inject({ url });
    expect(shown.rawPayload.equals(PNG)).toBe(true);
    expect(shown.headers).toMatchObject({
      "content-type": "image/png",
      "cross-origin-resource-policy": "cross-origin",
      "x-content-type-options": "nosniff",
    });
    expect((await seeded.app.inject({ url: `${url}x` })).statusCode).toBe(404);
    now += VIEW_MS + 1_000;
    expect((await seeded.app.inject({ url })).statusCode).toBe(410);
    expect((await get(email.html)).statusCode).toBe(410);
  });

  it("loads remote images only when asked on the page, through us, and that is audited", async () => {
    const { view, email } = await getView();
    expect(email).toMatchObject({ remoteImages: 1, remoteShown: false });
    expect((await get(email.html)).body).not.toContain("/remote-picture/");
    // A link from elsewhere reveals nothing: the page must have been seen.
    expect((await getView(`/api/v1/e/acme/${EVENT}?remote=yes`)).email.remoteShown).toBe(false);
    let frame = "";
    const entries = await auditedBy(async () => {
      frame = (await getView(`/api/v1/e/acme/${EVENT}?remote=yes&v=${view}`)).email.html;
    });
    expect(entries.map(({ action }) => action)).toEqual(["email.remote-images"]);
    const picture = /src="([^"]*\/remote-picture\/[^"]*)"/.exec((await get(frame)).body)?.[1] ?? "";
    expect(fetched).toEqual([]);
    const shown = await seeded.app.inject({ url: picture.replace(ORIGIN, "") });
    expect([shown.statusCode, shown.headers["content-type"], fetched]).toEqual([
      200,
      "image/png",
      ["https://images.example/pixel.png?who=1"],
    ]);
  });

  it("is no proxy for others: only addresses that we signed, each for its own use", async () => {
    const picture = { from: "elsewhere", url: "https://evil.example/" } as const;
    const [ours, theirs] = [content.keys, ["another-key-0123456789-0123456789-01"]].map((keys) =>
      signPicture(keys, picture, now),
    );
    for (const url of [`/remote-picture/${theirs}`, `/picture/${ours}`, "/remote-picture/https://evil.example/"])
      expect((await seeded.app.inject({ url })).statusCode, url).toBe(404);
  });
});

describe("files", () => {
  it("are handed out by verdict: clean and unscanned ones as downloads, infected and refused ones never, with the reason", async () => {
    const { email } = await getView();
    expect(
      email.attachments.map(({ filename, verdict, why, download }: Record<string, unknown>) => [
        filename,
        verdict,
        why,
        download !== null,
      ]),
    ).toEqual([
      ["logo.png", "clean", null, true],
      ["offer.pdf", "unscanned", null, true],
      ["virus.exe", "infected", "attachment_infected: Eicar-Test", false],
      ["macro.js", "refused", "attachment_refused: extension", false],
    ]);
    let answer = await get(email.attachments[1].download);
    expect(answer.body).toBe("the bytes of offer.pdf");
    expect(answer.headers).toMatchObject({
      "content-type": "application/octet-stream",
      "content-disposition": expect.stringContaining("attachment"),
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; sandbox",
    });
    for (const index of [2, 3]) {
      answer = await get(email.attachments[1].download.replace("/files/1", `/files/${index}`));
      expect([answer.statusCode, answer.body.includes("bytes of")]).toEqual([409, false]);
    }
    expect((await get(email.attachments[1].download.replace("/files/1", "/files/9"))).statusCode).toBe(404);
  });

  it("and what came in are one line of the audit each, by digest", async () => {
    const { view, email } = await getView();
    const entries = await auditedBy(async () => {
      await get(email.attachments[1].download);
      expect((await get(`/e/acme/${EVENT}/raw?v=${view}`)).body).toBe(MIME);
    });
    expect(entries.map(({ action, detail }) => [action, detail["file"], detail["sha256"]])).toEqual([
      ["email.download", 1, createHash("sha256").update("the bytes of offer.pdf").digest("hex")],
      ["email.download", "raw", undefined],
    ]);
  });

  it("of an email in which a scan found malware come without what came in", async () => {
    const { view } = await getView();
    await seeded.database.query(
      `update deliveries set warnings = '["attachment_infected: Eicar-Test"]' where event_id = $1`,
      [EVENT],
    );
    try {
      expect((await getView()).raw).toBeNull();
      expect((await get(`/e/acme/${EVENT}/raw?v=${view}`)).statusCode).toBe(409);
    } finally {
      await seeded.database.query("update deliveries set warnings = '[]' where event_id = $1", [EVENT]);
    }
  });
});

describe("what is no longer there is said plainly", () => {
  test("a record that left Kafka, with the day; a blob that is gone; Kafka that is away, which no other page waits for", async () => {
    await insertEmail("evt_old");
    await content.putEmail(seeded.database, { tenant: "acme", eventId: "evt_old", mime: MIME });
    const [row] = await seeded.database.query<{ topic: string; partition: number; offset: number }>(
      `select normalized_topic as topic, normalized_partition as partition, normalized_offset as "offset" from deliveries where event_id = 'evt_old'`,
    );
    content.kafka.faults.deleteRecord({ topic: "", partition: 0, ...row, offset: BigInt(row?.offset ?? 0) });
    const gone = await getView("/api/v1/e/acme/evt_old");
    expect(gone).toMatchObject({
      email: null,
      absent: { kind: "gone", what: expect.stringContaining("1970-01-15") },
      raw: expect.any(String),
    });
    expect((await get("/e/acme/evt_old")).body).toContain("no longer in Kafka");

    const { email } = await getView();
    for (const key of content.blobs.keys()) content.blobs.tamper(key, null);
    const file = await get(email.attachments[1].download);
    expect([file.statusCode, file.body]).toEqual([404, expect.stringContaining("no longer in the blob store")]);

    content.kafka.faults.unavailable(true);
    try {
      expect(await getView()).toMatchObject({
        email: null,
        absent: { kind: "away", what: expect.stringContaining("Kafka does not answer") },
      });
      expect((await get(`/emails/acme/${EVENT}`)).statusCode).toBe(200);
    } finally {
      content.kafka.faults.unavailable(false);
    }
  });

  test("an email that was never parsed", async () => {
    await insertEmail("evt_new");
    expect(await getView("/api/v1/e/acme/evt_new")).toMatchObject({
      email: null,
      absent: { kind: "not_parsed" },
      raw: null,
    });
    expect((await get("/e/acme/evt_none")).statusCode).toBe(404);
  });
});

test("a stolen session cannot drain a mailbox unnoticed: so many views a person, and the first that is too many stands in the audit", async () => {
  let clock = 0;
  const limit = createViewLimit(() => clock);
  const limited = await openSeededConsole({ content: createMemoryContent({ limit }) });
  try {
    const sessions = await Promise.all(
      [1, 2].map(async () => limited.createSession("ada", { role: "view", tenant: "acme" })),
    );
    const look = async (session = sessions[0]) =>
      (
        await limited.app.inject({
          url: "/e/acme/evt_0123456789abcdef0123456789abcdef",
          headers: { cookie: `__Host-inlet=${session}` },
        })
      ).statusCode;
    for (let view = 0; view < VIEWS.burst; view += 1) expect(await look(sessions[view % 2])).toBe(200);
    expect([await look(), await look(sessions[1])]).toEqual([429, 429]);
    expect(await limited.ledger.auditLog.list({ action: "email.view refused", limit: 9 })).toMatchObject([
      { actor: "ada", tenant: "acme", detail: { why: "too many views" } },
    ]);
    clock += VIEWS.everySeconds * 1_000;
    expect([await look(), await look()]).toEqual([200, 429]);
  } finally {
    await limited.close();
  }
});
