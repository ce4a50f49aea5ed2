import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSeededConsole, REPORT, type SeededConsole } from "../../testing/seeded-console.ts";

/** Feature 1: the balance of a tenant and a window; each number opens its list, with the same filter. */
let seeded: SeededConsole;
const NOW = 7_200_000;

beforeAll(async () => {
  const before = { acme: { ...REPORT.tenants["acme"], accepted: 3 }, globex: REPORT.tenants["globex"] };
  seeded = await openSeededConsole({
    now: () => NOW,
    balance: () => ({ at: 65_000, report: REPORT, before: { at: 5_000, tenants: before as typeof REPORT.tenants } }),
  });
  await seeded.database
    .query(`insert into deliveries (tenant, event_id, lane, state, source, source_kind, received_at, ended_at)
    select case when n <= 3 then 'acme' else 'globex' end, 'evt_n' || n, 'shared', case when n = 1 then 'waiting' when n = 2 then 'dead_lettered' else 'written' end,
           'web', 'signed-json', ${NOW - 60_000}, ${NOW - 60_000} + n * 100 from generate_series(1, 6) n`);
  await seeded.database.query(
    "insert into circuits (tenant, crm, state, code, opened_at, probe_at) values ('globex', 'hubspot', 'open', 'hubspot:503', now(), now())",
  );
});
afterAll(async () => seeded.close());

async function look(path: string, tenant = "*") {
  const authorization = `Bearer ${await seeded.createToken({ role: "process", tenant })}`;
  return seeded.app.inject({ url: path, headers: { authorization } });
}

describe("overview", () => {
  it("of all: as reconcile counted, with what came and was written between two counts", async () => {
    expect((await look("/api/v1/overview")).json()).toMatchObject({
      balance: { accepted: 12, written: 7, suppressed: 2, deadLettered: 1, inFlight: 2 },
      perMinute: { accepted: 2, written: 0 },
      lag: { parser: 0, "crm-sink": 3 },
      openCircuits: [{ tenant: "globex", circuitCode: "hubspot:503" }],
      lost: [{ tenant: "acme" }],
    });
  });

  it.each([
    ["hour", "acme", { accepted: 3, written: 1, deadLettered: 1, inFlight: 1 }],
    ["hour", "globex", { accepted: 3, written: 3, deadLettered: 0, inFlight: 0 }],
    ["all", "globex", { accepted: 7, written: 6, suppressed: 1, inFlight: 0 }],
    ["all", "unknown", { accepted: 0, written: 0 }],
  ])("of the window %s and %s alone", async (window, tenant, balance) => {
    const figures = (await look(`/api/v1/overview?tenant=${tenant}&window=${window}`)).json();
    expect(figures.balance).toMatchObject(balance);
    expect(figures.lost).toHaveLength(tenant === "acme" ? 1 : 0);
    expect(figures.openCircuits).toHaveLength(tenant === "globex" ? 1 : 0);
  });

  it("each number of a window opens the list that has as many", async () => {
    const { body } = await look("/?tenant=acme&window=hour");
    const links = [...body.matchAll(/<a href="(\/emails[^"]*)"><b>(\d+)<\/b>/g)];
    expect(links).toHaveLength(5);
    for (const [, path = "", count] of links) {
      const { emails } = (await look(`/api/v1${path.replaceAll("&#38;", "&")}`)).json();
      expect({ path, emails: emails.length }).toEqual({ path, emails: Number(count) });
    }
  });

  it("who has one tenant sees that one, and no other's circuit or loss", async () => {
    expect((await look("/", "globex")).headers["location"]).toBe("/?tenant=globex");
    const { body } = await look("/?tenant=globex", "globex");
    expect(body).not.toContain("acme");
    expect((await look("/?tenant=acme", "globex")).statusCode).toBe(403);
  });
});
