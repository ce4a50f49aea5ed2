import { expect, test } from "vitest";
import { isAllowed, listGrantedTenants, parseGrant, parseGroupGrants } from "./roles.ts";

const all = [{ role: "process", tenant: "*" }];
const acme = [
  { role: "view", tenant: "acme" },
  { role: "process", tenant: "globex" },
];

test.each([
  ["any role of every tenant", all, null, null, true],
  ["another role", all, "view", null, false],
  ["its role, one tenant", all, "process", "acme", true],
  ["one tenant's role for it", acme, "view", "acme", true],
  ["one tenant's role for another", acme, "view", "globex", false],
  ["one tenant's role for all", acme, "view", null, false],
  ["any role, for its tenant", acme, null, "globex", true],
  ["any role, for a tenant without one", acme, null, "initech", false],
  ["no grants at all", [], null, "acme", false],
  ["a role that there is not", [{ role: "root", tenant: "*" }], null, null, false],
  ["a role by the name of what every object has", [{ role: "toString", tenant: "*" }], null, null, false],
] as const)("%s", (_, grants, role, tenant, allowed) => {
  expect(isAllowed(grants, role, tenant)).toBe(allowed);
});

test("tenants of grants", () => {
  expect(listGrantedTenants(all)).toBeNull();
  expect(listGrantedTenants(acme)).toEqual(["acme", "globex"]);
  expect(listGrantedTenants([{ role: "root", tenant: "*" }])).toEqual([]);
});

test.each([
  ["view", { role: "view", tenant: "*" }],
  ["view:acme", { role: "view", tenant: "acme" }],
  ["view:", null],
  ["root", null],
  ["", null],
])("a grant written %j", (text, grant) => {
  expect(parseGrant(text)).toEqual(grant);
});

test("groups and what they may do; a role that there is not is named", () => {
  expect([...parseGroupGrants(["ops=process|replay", "acme support=view:acme", "ops=administer"])]).toEqual([
    ["ops", ["process", "replay", "administer"].map((role) => ({ role, tenant: "*" }))],
    ["acme support", [{ role: "view", tenant: "acme" }]],
  ]);
  expect(() => parseGroupGrants(["ops=root"])).toThrow("ops=root: root is none of the roles");
});
