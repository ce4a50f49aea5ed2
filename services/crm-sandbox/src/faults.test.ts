import { afterEach, describe, expect, test } from "vitest";
import { createSandbox } from "./app.ts";
import type { Sandbox, SandboxOptions } from "./app.ts";
import { call, CONTACTS, contact } from "../testing/call.ts";

const closing: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

function sandbox(options: SandboxOptions = {}): Sandbox {
  const made = createSandbox({ seed: false, ...options });
  closing.push(() => made.app.close());
  return made;
}

describe("faults on demand", () => {
  test("by path, tenant, times and rate; listed, removed", async () => {
    const dice = [0.9, 0.1];
    const tokens = [
      { token: "t1", tenant: "acme" },
      { token: "t2", tenant: "demo" },
    ];
    const crm = sandbox({ tokens, random: () => dice.shift() ?? 0 });
    const rule = { match: { path: "/crm/*/contacts", tenant: "acme" }, status: 500, rate: 0.5, times: 1 };
    expect((await call(crm, "POST", "/sandbox/faults", rule)).body).toMatchObject({ id: "1", struck: 0 });
    expect((await call(crm, "GET", CONTACTS, undefined, "t2")).status).toBe(200);
    expect((await call(crm, "GET", CONTACTS, undefined, "t1")).status).toBe(200);
    expect((await call(crm, "GET", CONTACTS, undefined, "t1")).status).toBe(500);
    expect((await call(crm, "GET", CONTACTS, undefined, "t1")).status).toBe(200);
    expect((await call(crm, "GET", "/sandbox/faults")).body["faults"]).toEqual([]);
    expect((await call(crm, "POST", "/sandbox/faults", { rate: 1 })).status).toBe(400);
    expect((await call(crm, "GET", "/sandbox/calls")).body["calls"]).toEqual({
      "GET /crm/v3/objects/contacts": { "200": 3, "500": 1 },
    });
  });

  test("a status with carryOut stores the record all the same", async () => {
    const crm = sandbox();
    crm.faults.add({ match: { method: "POST" }, status: 502, carryOut: true });
    expect(
      (
        await crm.app.inject({
          method: "POST",
          url: CONTACTS,
          headers: { authorization: "Bearer x" },
          payload: contact("a@example.com"),
        })
      ).statusCode,
    ).toBe(502);
    expect(crm.store.all("contacts")).toHaveLength(1);
  });
});
