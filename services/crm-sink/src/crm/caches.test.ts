import { ok } from "@inlet/domain";
import { expect, test } from "vitest";
import { createCompanyCache } from "./company-cache.ts";
import { createDealCache } from "./deal-cache.ts";

const MINUTE = 60_000;
let clock = 1_000;

test("a company is known for ten minutes, and so is that there is none", () => {
  const companies = createCompanyCache(() => clock);
  expect(companies.get("acme.example")).toBeUndefined();
  companies.set("acme.example", { recordId: "7", several: false });
  companies.set("none.example", null);
  clock += 9 * MINUTE;
  expect(companies.get("acme.example")).toEqual({ recordId: "7", several: false });
  expect(companies.get("none.example")).toBeNull();
  clock += 2 * MINUTE;
  expect(companies.get("acme.example")).toBeUndefined();
});

test("emails that ask for a company at the same time ask once; one that comes after the answer asks again", async () => {
  const companies = createCompanyCache(() => clock);
  let asked = 0;
  const call = async () => ok({ recordId: String((asked += 1)), several: false });
  const [one, two] = await Promise.all([companies.ask("a.example", call), companies.ask("a.example", call)]);
  expect(two).toBe(one);
  await companies.ask("b.example", call);
  await companies.ask("a.example", call);
  expect(asked).toBe(3);
});

test("a company that is forgotten is asked for anew", () => {
  const companies = createCompanyCache(() => clock);
  companies.set("acme.example", null);
  companies.forget("acme.example");
  expect(companies.get("acme.example")).toBeUndefined();
});

test("a deal is known for the emails that come together", () => {
  const deals = createDealCache(() => clock);
  deals.set("1", { recordId: "1", closed: null });
  clock += 9_000;
  expect(deals.get("1")).toEqual({ recordId: "1", closed: null });
  clock += 2_000;
  expect(deals.get("1")).toBeUndefined();
});
