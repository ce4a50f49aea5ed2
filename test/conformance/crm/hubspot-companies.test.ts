import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hubSpotSubject, type HubSpotSubject } from "./sandbox-subject.ts";

const soon = { deadline: 0 };
let subject: HubSpotSubject;
beforeEach(async () => {
  subject = await hubSpotSubject();
  soon.deadline = performance.now() + 5_000;
});
afterEach(async () => subject.close());

describe("companies in HubSpot", () => {
  test("a search that lags finds nothing of what was just made; the unique property refuses a second one", async () => {
    const { crm, sandbox } = subject;
    const acme = { domain: "acme.example", name: "acme.example" };
    const made = await crm.records.company.write(acme, soon);
    expect(await crm.records.company.find("acme.example", soon)).toEqual({ ok: true, value: null });
    const recordId = sandbox.store.all("companies")[0]?.id;
    expect(made).toEqual({ ok: true, value: { recordId, created: true } });
    expect(await crm.records.company.write(acme, soon)).toEqual({ ok: true, value: { recordId, created: false } });
    expect(sandbox.store.all("companies")).toHaveLength(1);
  });

  test("of several with the domain the oldest counts, and it is said that there are others", async () => {
    const oldest = await subject.addCompany("acme.example");
    await subject.addCompany("acme.example");
    expect(await subject.crm.records.company.find("acme.example", soon)).toEqual({
      ok: true,
      value: { recordId: oldest, several: true },
    });
  });

  test("many domains are one search: each its oldest, or none; what is no domain's fault is not taken apart", async () => {
    const acme = await subject.addCompany("acme.example");
    const beta = await subject.addCompany("beta.example");
    await subject.addCompany("beta.example");
    const before = subject.calls.length;
    const domains = ["beta.example", "nobody.example", "acme.example", "beta.example"];
    const found = await subject.crm.records.company.find.batch?.send(domains, soon);
    const betas = { recordId: beta, several: true };
    expect(found).toEqual({
      ok: true,
      value: [betas, null, { recordId: acme, several: false }, betas].map((value) => ({ ok: true, value })),
    });
    expect(subject.calls.length - before).toBe(1);
    for (const [fault, kind] of [
      [{ status: 429, policyName: "SECONDLY" }, "record-passing"],
      [{ status: 403, category: "MISSING_SCOPES" }, "record-permanent"],
    ] as const) {
      subject.sandbox.faults.add({ match: { path: "/crm/*search" }, times: 1, ...fault });
      const failed = await subject.crm.records.company.find.batch?.send(domains, soon);
      expect(failed).toMatchObject({ ok: false, fault: { kind } });
    }
    subject.sandbox.faults.add({ match: { path: "/crm/*search" }, times: 1, status: 400 });
    const refused = await subject.crm.records.company.find.batch?.send(domains, soon);
    expect(refused).toMatchObject({ ok: true, value: domains.map(() => ({ ok: false })) });
  });

  test("too many searches in a second, and a token without the scope, open no circuit", async () => {
    subject.sandbox.faults.add({ match: { path: "/crm/*search" }, times: 1, status: 429, policyName: "SECONDLY" });
    const found = await subject.crm.records.company.find("acme.example", soon);
    expect(found).toMatchObject({ ok: false, fault: { kind: "record-passing", code: "hubspot:429:SECONDLY" } });
    subject.sandbox.faults.add({ match: { path: "/crm/*search" }, times: 1, status: 403, category: "MISSING_SCOPES" });
    expect(await subject.crm.records.company.find("acme.example", soon)).toMatchObject({
      ok: false,
      fault: { kind: "record-permanent", code: "hubspot:403:MISSING_SCOPES" },
    });
    subject.sandbox.faults.add({ match: { path: "/crm/*search" }, times: 1, status: 429, policyName: "DAILY" });
    expect(await subject.crm.records.company.find("acme.example", soon)).toMatchObject({
      ok: false,
      fault: { kind: "outage", code: "hubspot:429:DAILY" },
    });
  });

  test("the account gets the property for companies with the first that is made, and again when it was taken away", async () => {
    const has = (): boolean => subject.sandbox.store.definitions("companies").has("inlet_company_domain");
    expect(has()).toBe(false);
    expect(await subject.crm.records.company.lookup({ key: "acme.example", since: null }, soon)).toEqual({
      ok: true,
      value: null,
    });
    expect(has()).toBe(true);
    subject.sandbox.store.clear();
    const made = await subject.crm.records.company.write({ domain: "acme.example", name: "Acme" }, soon);
    expect(made).toMatchObject({ ok: true, value: { created: true } });
    subject.sandbox.store.clear();
    const again = await subject.crm.records.company.write({ domain: "acme.example", name: "Acme" }, soon);
    expect(again).toMatchObject({ ok: true, value: { created: true } });
  });
});
