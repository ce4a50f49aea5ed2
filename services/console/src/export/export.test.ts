import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSeededConsole, type SeededConsole } from "../../testing/seeded-console.ts";
import { toCell } from "./format-rows.ts";

/** Feature 13: CSV and JSON of exactly what the filter shows, in pages, audited. */
let seeded: SeededConsole;
const MANY = 2_345;

beforeAll(async () => {
  seeded = await openSeededConsole();
  await seeded.database.query(
    `insert into deliveries (tenant, event_id, lane, state, source, source_kind, received_at, sender_domain)
     select 'acme', 'evt_n' || n, 'shared', 'written', '=cmd|'' /C calc''!A0', 'signed-json', 3000 + n / 3, 'often.example' from generate_series(1, ${MANY}) n`,
  );
});
afterAll(async () => seeded.close());

async function ask(query: string, tenant = "*") {
  const authorization = `Bearer ${await seeded.createToken({ role: "process", tenant })}`;
  return seeded.app.inject({ url: `/emails/export?${query}`, headers: { authorization } });
}

describe("export", () => {
  it("has each email that the filter shows once, whatever page it is on, in both formats", async () => {
    const json = await ask("tenant=acme&state=written&format=json", "acme");
    const rows = json.json() as { eventId: string; receivedAt: string }[];
    expect(new Set(rows.map(({ eventId }) => eventId)).size).toBe(MANY);
    expect(rows[0]?.receivedAt).toMatch(/Z$/);
    const csv = await ask("tenant=acme&state=written&format=csv", "acme");
    expect(csv.headers["content-type"]).toContain("text/csv");
    expect(csv.body.trimEnd().split("\r\n")).toHaveLength(MANY + 1);
    expect(csv.body).not.toMatch(/(^|,)"?[=+@-]/m);
    expect((await ask("tenant=acme&domain=none.example&format=json")).json()).toEqual([]);
  });

  it("is of one's own tenants alone, and of filters that can be read", async () => {
    expect((await ask("", "acme")).statusCode).toBe(403);
    expect((await ask("tenant=globex", "acme")).statusCode).toBe(403);
    expect((await ask("since=tomorrow")).statusCode).toBe(400);
    expect((await seeded.app.inject({ url: "/api/v1/emails/export" })).statusCode).toBe(401);
  });

  it("stands in the audit with its filter and its count", async () => {
    await ask("tenant=globex&format=json", "globex");
    const entries = await seeded.database.query(
      "select action, detail from audit where tenant = 'globex' and action like 'export %' order by id",
    );
    const filter = { tenant: "globex" };
    expect(entries).toEqual([
      { action: "export begun", detail: { filter, format: "json" } },
      { action: "export ended", detail: { filter, format: "json", rows: 1 } },
    ]);
  });

  it.each([
    ["=1+1", `"'=1+1"`],
    ["+49", `"'+49"`],
    ["-1", `"'-1"`],
    ["@x", `"'@x"`],
    ['a"b,c', `"a""b,c"`],
    ["a\nb", `"a\nb"`],
    ["plain", "plain"],
    [null, ""],
  ])("the cell %j is %j", (text, cell) => {
    expect(toCell(text)).toBe(cell);
  });
});
