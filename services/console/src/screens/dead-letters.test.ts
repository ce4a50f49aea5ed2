import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSeededConsole, ORIGIN, type SeededConsole } from "../../testing/seeded-console.ts";

let seeded: SeededConsole;
let everything: string;
let acme: string;

/** Ends of a hundred dead letters of one cause, and of one of another tenant. */
const [FIRST, DAY_MS] = [1_764_000_000_000, 86_400_000];
const DAY = new Date(FIRST).toISOString().slice(0, 10);

beforeAll(async () => {
  seeded = await openSeededConsole({ now: () => FIRST + DAY_MS });
  await seeded.database.query(
    `insert into deliveries (tenant, event_id, lane, state, reason, detail, source, source_kind, received_at, ended_at, ended_release, dlq_topic, dlq_partition, dlq_offset)
     select 'acme', 'evt_' || n, 'shared', 'dead_lettered', 'crm_rejected', 'hubspot:400:VALIDATION: no', 's', 'smtp', n, $1::bigint + n, '1.0.0', 'dlq', 0, n
       from generate_series(1, 100) n
     union all select 'globex', 'evt_none', 'shared', 'dead_lettered', 'no_sender', 'none', 's', 'smtp', 1, $1::bigint, null, 'dlq', 0, 200`,
    [FIRST],
  );
  everything = await seeded.createToken({ role: "replay", tenant: "*" });
  acme = await seeded.createToken({ role: "replay", tenant: "acme" });
});
afterAll(async () => seeded.close());

async function look(token: string, url: string) {
  return seeded.app.inject({ url, headers: { authorization: `Bearer ${token}` } });
}

describe("dead letters as groups", () => {
  it("are those of inlet dlq list --group, a line a cause, with what helps and a trend in words", async () => {
    const until = (await seeded.ledger.deadLetters.newest()) ?? 0;
    const { groups } = JSON.parse((await look(everything, "/api/v1/dead-letters")).body);
    expect(groups.map(({ verdict: _, ...group }: { verdict: object }) => group)).toEqual(
      await seeded.ledger.deadLetters.group({ until }),
    );
    expect(groups[0]).toMatchObject({ emails: 100, release: "1.0.0", verdict: { button: "replay" } });
    const { body } = await look(everything, "/dead-letters");
    for (const part of ["hubspot:400:VALIDATION", "then replay it", `aria-label="${DAY}: 100"`, ">100</a>"])
      expect(body).toContain(part);
  });

  it("of one tenant are shown to whom that one is granted, and no other", async () => {
    const { groups } = JSON.parse((await look(acme, "/api/v1/dead-letters?tenant=acme")).body);
    expect(new Set(groups.map(({ tenant }: { tenant: string }) => tenant))).toEqual(new Set(["acme"]));
    expect((await look(acme, "/api/v1/dead-letters?tenant=globex")).statusCode).toBe(403);
    expect((await look(acme, "/api/v1/dead-letters/emails?tenant=globex")).statusCode).toBe(403);
  });
});

describe("the dead letters of a filter", () => {
  const GROUP = "tenant=acme&reason=crm_rejected&code=hubspot%3A400%3AVALIDATION&release=1.0.0";

  it("are counted with the filter that lists them, page by page, and say what sending them again asks", async () => {
    const read = async (query: string) =>
      JSON.parse((await look(acme, `/api/v1/dead-letters/emails?${GROUP}&limit=60${query}`)).body);
    const first = await read("");
    const estimate = { calls: 400, ms: null };
    expect(first.set).toMatchObject({ emails: 100, oldestAt: FIRST + 1, newestAt: FIRST + 100, gone: 0, estimate });
    expect(first).toMatchObject({ newer: null, older: `${FIRST + 41}-acme-evt_41` });
    const second = await read(`&after=${first.older}`);
    expect(second).toMatchObject({ older: null, newer: `${FIRST + 40}-acme-evt_40` });
    expect(first.emails.length + second.emails.length).toBe(100);
    expect((await read(`&before=${second.newer}`)).emails).toEqual(first.emails);
  });

  it("has a form that means the set as it was counted, to whom it is allowed", async () => {
    const { body } = await look(acme, `/dead-letters/emails?${GROUP}`);
    for (const part of [
      'action="/dead-letters/replay"',
      'action="/dead-letters/discard"',
      `name="until" value="${FIRST + 100}"`,
      'name="idempotencyKey"',
    ])
      expect(body).toContain(part);
    // Fewer than a thousand need no name to be typed.
    expect(body).not.toContain('name="confirm"');
    const looker = await seeded.createToken({ role: "process", tenant: "acme" });
    const seen = (await look(looker, `/dead-letters/emails?${GROUP}`)).body;
    expect(seen).toContain("giving them up, needs the role");
    expect(seen).not.toContain('action="/dead-letters/replay"');
  });

  it("becomes one job of exactly that set, however often and by however many it is pressed", async () => {
    const { body } = await look(acme, `/dead-letters/emails?${GROUP}`);
    const [, form = ""] = /action="\/dead-letters\/replay"([\s\S]*?)<\/form>/.exec(body) ?? [];
    const fields = [...form.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = "", value = ""]) => [
      name,
      value,
    ]);
    // Dies after the page was made.
    await seeded.database.query(
      `insert into deliveries (tenant, event_id, lane, state, reason, detail, source, source_kind, received_at, ended_at, ended_release, dlq_topic, dlq_partition, dlq_offset)
       values ('acme', 'evt_late', 'shared', 'dead_lettered', 'crm_rejected', 'hubspot:400:VALIDATION: no', 's', 'smtp', 1, $1, '1.0.0', 'dlq', 0, 999)`,
      [FIRST + 101],
    );
    const press = async (key: string) =>
      seeded.app.inject({
        method: "POST",
        url: "/dead-letters/replay",
        headers: {
          authorization: `Bearer ${acme}`,
          origin: ORIGIN,
          "content-type": "application/x-www-form-urlencoded",
        },
        payload: new URLSearchParams({ ...Object.fromEntries(fields), idempotencyKey: key }).toString(),
      });
    const [key, other] = ["a".repeat(32), "b".repeat(32)];
    const answers = await Promise.all([press(key), press(key), press(other)]);
    const jobs = await seeded.ledger.jobs.list({ limit: 10 });
    expect(jobs).toMatchObject([
      {
        kind: "dlq_replay",
        total: 100,
        filter: { tenant: "acme", reason: "crm_rejected", code: "hubspot:400:VALIDATION", release: "1.0.0" },
        frozen: { until: FIRST + 100 },
      },
    ]);
    const led = answers.map(({ statusCode, headers }) => (statusCode === 303 ? headers.location : statusCode));
    expect(new Set(led)).toEqual(new Set([`/jobs/${jobs[0]?.id}`, 409]));
    await seeded.database.query("delete from deliveries where event_id = 'evt_late'");
  });

  it("has no button where sending them again cannot help, and says why", async () => {
    const { body } = await look(everything, "/dead-letters/emails?tenant=globex&reason=no_sender");
    expect(body).toContain("Sending them again would not help: Nothing: without an address");
    expect(body).not.toContain('action="/dead-letters/replay"');
    expect(body).toContain('action="/dead-letters/discard"');
  });

  it("that the dlq has no longer are said to be gone before anyone asks", async () => {
    await seeded.database.query(
      `insert into deliveries (tenant, event_id, lane, state, reason, source, source_kind, received_at, ended_at)
       values ('initech', 'evt_gone', 'shared', 'dead_lettered', 'crm_rejected', 's', 'smtp', 1, $1)`,
      [FIRST - 31 * DAY_MS],
    );
    const { body } = await look(everything, "/dead-letters/emails?tenant=initech&reason=crm_rejected");
    expect(body).toContain("None of them can be sent again");
    expect(body).not.toContain('action="/dead-letters/replay"');
  });

  it("that matches nothing says so", async () => {
    const { body, statusCode } = await look(acme, "/dead-letters/emails?tenant=acme&reason=too_old");
    expect(statusCode).toBe(200);
    expect(body).toContain("No dead letter matches.");
  });

  it.each(["reason=nothing", "after=evt_1", "since=yesterday"])("%s is refused", async (part) => {
    expect((await look(acme, `/api/v1/dead-letters/emails?tenant=acme&${part}`)).statusCode).toBe(400);
  });
});
