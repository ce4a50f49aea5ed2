import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openMemoryDatabase } from "../../testing/memory-database.ts";
import type { Database } from "../database.ts";
import { auditOn, type Audit } from "./audit.ts";
import type { AuditFault } from "./verify-audit.ts";

/** OP7: who did what, and that it was not rewritten. */
let database: Database;
let audit: Audit;

beforeAll(async () => {
  database = await openMemoryDatabase();
  audit = auditOn(database);
});
afterAll(async () => database.close());

/** As one who owns the database, and so gets past the triggers, would. */
async function tamper(sql: string): Promise<void> {
  await database.query("alter table audit disable trigger user");
  await database.query(sql);
  await database.query("alter table audit enable trigger user");
}

beforeEach(async () => {
  await tamper("truncate audit, audit_heads");
  for (let each = 1; each <= 5; each += 1) {
    await audit.append({
      actor: "ada@desk",
      action: "dlq.replay",
      detail: { tenant: "acme", n: each, 'é\u0001"': null },
    });
    await audit.append({
      actor: "bob",
      action: "view",
      tenant: "globex",
      origin: "192.0.2.7",
      detail: { n: each * 1.5e21 },
    });
  }
  await audit.append({ actor: "ada@desk", action: "gaps acknowledged", detail: { count: 2 } });
});

describe("the audit", () => {
  it("numbers the entries of each tenant without a gap, and an independent reading of the chains agrees", async () => {
    const { entries, faults, heads } = await audit.verify();
    expect({ entries, faults }).toEqual({ entries: 11, faults: [] });
    expect(heads.map(({ tenant, seq }) => [tenant, seq])).toEqual([
      ["", 1],
      ["acme", 5],
      ["globex", 5],
    ]);
  });

  it("takes the tenant from what was done, also where a statement of another subject writes the entry", async () => {
    await database.query(
      `insert into audit (actor, action, detail) select 'ada', 'job asked', jsonb_build_object('filter', jsonb_build_object('tenant', 'acme')) from generate_series(1, 3)`,
    );
    expect((await audit.list({ tenant: "acme", limit: 3 })).map(({ seq, action }) => [seq, action])).toEqual([
      [8, "job asked"],
      [7, "job asked"],
      [6, "job asked"],
    ]);
    expect((await audit.verify()).faults).toEqual([]);
  });

  it("a transaction that is rolled back leaves no number behind", async () => {
    const failing = database.transaction(async (query) => {
      await query("insert into audit (actor, action, tenant, detail) values ('ada', 'x', 'acme', '{}')");
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    await audit.append({ actor: "ada", action: "y", tenant: "acme", detail: {} });
    expect(await audit.list({ tenant: "acme", limit: 1 })).toMatchObject([{ seq: 6, action: "y" }]);
    expect((await audit.verify()).faults).toEqual([]);
  });

  it.each(["update audit set actor = 'eve'", "delete from audit", "truncate audit"])("refuses: %s", async (sql) => {
    await expect(database.query(sql)).rejects.toThrow("append-only");
  });

  const second: Omit<AuditFault, "problem"> = { tenant: "acme", seq: 2 };
  it.each<[string, string, AuditFault]>([
    [
      "an actor changed",
      "update audit set actor = 'eve' where tenant = 'acme' and seq = 2",
      { ...second, problem: "changed" },
    ],
    [
      "a time changed",
      "update audit set at = at + interval '1 us' where tenant = 'acme' and seq = 2",
      { ...second, problem: "changed" },
    ],
    [
      "a detail changed",
      `update audit set detail = '{"n":9}' where tenant = 'acme' and seq = 2`,
      { ...second, problem: "changed" },
    ],
    ["one taken out", "delete from audit where tenant = 'acme' and seq = 2", { ...second, problem: "missing" }],
    [
      "the last ones cut off",
      "delete from audit where tenant = 'acme' and seq > 3",
      { tenant: "acme", seq: 4, problem: "missing" },
    ],
    [
      "all of a tenant's gone",
      "delete from audit where tenant = 'acme'",
      { tenant: "acme", seq: 1, problem: "missing" },
    ],
    [
      "one moved to another tenant",
      "update audit set tenant = 'globex', seq = 6 where tenant = 'acme' and seq = 5",
      { tenant: "acme", seq: 5, problem: "missing" },
    ],
  ])("finds %s", async (_, sql, fault) => {
    await tamper(sql);
    expect((await audit.verify()).faults).toContainEqual(fault);
  });

  it("a chain written anew as a whole is found by a head that was noted down", async () => {
    const noted = await audit.heads();
    await tamper("delete from audit where tenant = 'acme'; delete from audit_heads where tenant = 'acme'");
    for (let each = 1; each <= 6; each += 1)
      await audit.append({ actor: "eve", action: "x", tenant: "acme", detail: {} });
    expect((await audit.verify()).faults).toEqual([]);
    expect((await audit.verify(noted)).faults).toEqual([{ tenant: "acme", seq: 5, problem: "head_differs" }]);
  });

  it("is listed newest first, by tenant, actor, action and place", async () => {
    const [last, ...rest] = await audit.list({ limit: 3 });
    expect(last).toMatchObject({ tenant: "", action: "gaps acknowledged", detail: { count: 2 } });
    expect(rest).toHaveLength(2);
    const older = await audit.list({ limit: 100, beforeId: rest.at(-1)?.id });
    expect(older).toHaveLength(8);
    expect(await audit.list({ actor: "bob", action: "view", limit: 100 })).toHaveLength(5);
    expect(await audit.list({ actor: "bob", action: "view", since: Date.now() + 60_000, limit: 100 })).toEqual([]);
  });
});
