import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findActive, isOurs } from "../testing/find-active.ts";
import { buildHostileMime, HOSTILE_HTML, HOSTILE_TEXTS } from "../testing/hostile-emails.ts";
import { createMemoryContent } from "../testing/memory-content.ts";
import { openSeededConsole, ORIGIN, type SeededConsole } from "../testing/seeded-console.ts";

/** UN4, OP6: nothing that a sender writes is active on any page. A case is a line in testing/hostile-emails.ts. */
let seeded: SeededConsole;
let session: string;
let count = 0;

beforeAll(async () => {
  seeded = await openSeededConsole({ content: createMemoryContent({ limit: { take: () => ({ allowed: true }) } }) });
  const roles = ["view", "process", "ingest", "replay", "administer"].map((role) => ({ role, tenant: "*" }));
  session = await seeded.createSession("ada", ...roles);
});
afterAll(async () => seeded.close());

async function get(url: string): Promise<string> {
  const { body, headers, statusCode } = await seeded.app.inject({
    url,
    headers: { cookie: `__Host-inlet=${session}` },
  });
  // A search that finds one email leads to it, and nowhere else.
  if (statusCode === 303 && url.startsWith("/search")) {
    expect(headers.location, url).toMatch(/^\/emails\/acme\/evt_\w+$/);
    return get(String(headers.location));
  }
  expect(statusCode, url).toBe(200);
  return body;
}

/** An email that says `text` everywhere, also in what the ledger keeps of it: codes, ids, evidence. */
async function putHostile(text: string, body?: string): Promise<string> {
  const eventId = `evt_hostile${(count += 1)}`;
  await seeded.database.query(
    `insert into deliveries (tenant, event_id, lane, state, reason, detail, source, source_kind, source_event_id, source_delivery_id, received_at, ended_at,
       sender_domain, message_id, email_key, conversation_id, trace_id, duplicate_of, evidence, warnings, effects)
     values ('acme', $1, 'shared', 'dead_lettered', $2, $2, $2, $2, $2, $2, 1000, 2000, $2, $2, $2, $2, $2, $2, jsonb_build_object($2::text, $2::text),
       jsonb_build_array($2::text), jsonb_build_array(jsonb_build_object('effect', $2::text, 'key', $2::text, 'recordId', $2::text)))`,
    [eventId, text],
  );
  await seeded.database.query(
    "insert into journey (tenant, event_id, service, what, detail) values ('acme', $1, $2, $2, jsonb_build_object($2::text, $2::text))",
    [eventId, text],
  );
  await seeded.ledger.auditLog.append({
    actor: text,
    action: text,
    tenant: "acme",
    origin: text,
    detail: { [text]: text },
  });
  await seeded.content.putEmail(seeded.database, { tenant: "acme", eventId, mime: buildHostileMime(text, body) });
  return eventId;
}

describe("pages hold nothing active", () => {
  it.each(HOSTILE_TEXTS)("of %s", async (text) => {
    const eventId = await putHostile(text);
    const pages = [
      `/emails/acme/${eventId}`,
      `/e/acme/${eventId}`,
      "/emails?tenant=acme",
      "/audit?tenant=acme",
      `/search?q=${encodeURIComponent(text)}`,
      `/emails?domain=${encodeURIComponent(text)}`,
    ];
    for (const url of pages) {
      const body = await get(url);
      expect(findActive(body, isOurs), url).toEqual([]);
      // Forms and frames lead nowhere but to us.
      for (const [, address = ""] of body.matchAll(/<(?:form|iframe)[^>]* (?:action|src)="([^"]*)"/g))
        expect(address, url).toMatch(/^\/(?!\/)/);
    }
  });
});

describe("the frame holds nothing active, and loads nothing but our pictures", () => {
  it.each(HOSTILE_HTML)("of %s", async (body) => {
    const eventId = await putHostile("hello", body);
    const { email, view } = JSON.parse(await get(`/api/v1/e/acme/${eventId}`));
    const remote = JSON.parse(await get(`/api/v1/e/acme/${eventId}?remote=yes&v=${view}`)).email;
    for (const frame of [email.html, remote.html]) {
      const shown = await get(frame);
      expect(shown).toContain("<p>hello</p>");
      expect(findActive(shown, () => false)).toEqual([]);
      expect(shown).not.toMatch(/<(?:form|input|button|link|meta http-equiv|iframe)\b/i);
      const loaded = [...shown.matchAll(/\ssrc="([^"]*)"/g)].map(([, src = ""]) => src);
      for (const src of loaded)
        expect(src.startsWith(`${ORIGIN}/remote-picture/`) || src.startsWith("data:image/")).toBe(true);
      expect([...shown.matchAll(/<style>/g)]).toHaveLength(1);
    }
  });
});

it("sees what is active: the test's own eyes", () => {
  for (const active of [
    `<script>1</script>`,
    `<img src=x onerror=alert(1)>`,
    `<a href=" javascript:x">`,
    `<base href=//x>`,
    `<p style="background:url(http://x)">`,
  ])
    expect(findActive(active, isOurs), active).not.toEqual([]);
  expect(findActive(`<p>&lt;script&gt;</p><a href="/x">x</a><script src="/app.js" defer></script>`, isOurs)).toEqual(
    [],
  );
});
