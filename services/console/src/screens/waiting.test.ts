import { afterAll, beforeAll, expect, it } from "vitest";
import { openSeededConsole, ORIGIN, type SeededConsole } from "../../testing/seeded-console.ts";

let seeded: SeededConsole;
let acme: string;

beforeAll(async () => {
  seeded = await openSeededConsole();
  await seeded.database.query(
    `insert into waiting (tenant, event_id, lane, stage, kind, code, due_at, pass, attempt, order_parsed_at, topic, partition, "offset", record_timestamp, value, headers)
     select tenant, 'evt_w' || n, 'shared', 'deliver', 'retry', 'hubspot:5xx', now() + interval '1 hour', 0, 1, 1, 't', 0, n, 1, '', '[]'
       from (select 'acme' as tenant, generate_series(1, 5) as n union all select 'globex', 9) r`,
  );
  acme = await seeded.createToken({ role: "process", tenant: "acme" });
});
afterAll(async () => seeded.close());

const ask = async (method: "GET" | "POST", url: string, payload?: object) =>
  seeded.app.inject({
    method,
    url,
    headers: { authorization: `Bearer ${acme}`, origin: ORIGIN },
    ...(payload === undefined ? {} : { payload }),
  });

it("counts with the filter that lists, of which a page is a part, and acts on all of it", async () => {
  const { body } = await ask("GET", "/api/v1/waiting?tenant=acme&limit=2");
  expect(JSON.parse(body)).toMatchObject({ total: 5, emails: [{ tenant: "acme" }, { tenant: "acme" }] });
  const page = (await ask("GET", "/waiting?tenant=acme&limit=2")).body;
  for (const part of ["All that match: 5", "Retry all that match", 'name="tenant" value="acme"'])
    expect(page).toContain(part);
  const acted = await ask("POST", "/api/v1/waiting/dead-letter", { tenant: "acme", why: "not wanted" });
  expect(JSON.parse(acted.body)).toMatchObject({ emails: 5 });
  const out = await seeded.database.query("select tenant from waiting where end_why is not null");
  expect(out).toHaveLength(5);
});

it("offers nothing where nothing matches, and nothing of another tenant", async () => {
  const { body } = await ask("GET", "/waiting?tenant=acme&reason=nothing");
  expect(body).toContain("Nothing waits.");
  expect(body).not.toContain("Retry all that match");
  expect((await ask("POST", "/api/v1/waiting/retry", { tenant: "globex" })).statusCode).toBe(403);
  expect((await ask("POST", "/api/v1/waiting/retry", { all: true })).statusCode).toBe(403);
});
