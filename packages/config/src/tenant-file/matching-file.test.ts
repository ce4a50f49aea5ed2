import { expect, test } from "vitest";
import { readTenant } from "../tenant/read-tenant.ts";

const DAY = 86_400_000;
const FILE = "name: Acme\nsources: {}\nmailboxes: {}\ncrm: { kind: hubspot, token: env:CRM_TOKEN }\n";
const read = (matching: string) =>
  readTenant("acme", `${FILE}${matching}\n`, {
    where: "acme.yaml",
    env: { CRM_TOKEN: "token-of-the-tests" },
    baseDir: "",
  });

test.each([
  ["", 30 * DAY],
  ["matching: {}", 30 * DAY],
  ["matching: { recentSubject: 7d }", 7 * DAY],
  ["matching: { recentSubject: 365d }", 365 * DAY],
  ["matching: { recentSubject: off }", null],
])("%s", (matching, recentSubjectMs) => {
  const { tenant, faults } = read(matching);
  expect(faults).toEqual([]);
  expect(tenant?.matching).toEqual({ recentSubjectMs, sentFromCrm: true, closedDeals: "replies" });
});

test("the mapping of a tenant that leaves the defaults stays; a choice changes it", () => {
  const mapping = (matching: string) => read(matching).tenant?.mappingVersion;
  expect(read("matching: { sentFromCrm: off }").tenant?.matching.sentFromCrm).toBe(false);
  expect(mapping("matching: { sentFromCrm: on }")).toBe(mapping(""));
  expect(mapping("matching: { sentFromCrm: off }")).not.toBe(mapping(""));
  expect(mapping("matching: { closedDeals: replies }")).toBe(mapping(""));
  expect(mapping("matching: { closedDeals: all }")).not.toBe(mapping(""));
});

test.each([
  ["matching: { recentSubject: never }", "matching.recentSubject", "is neither off nor a duration"],
  ["matching: { recentSubject: 0d }", "matching.recentSubject", "is neither off nor a duration"],
  ["matching: { recentSubject: 366d }", "matching.recentSubject", "is above 365d"],
  ["matching: { subject: 7d }", "matching", "is not a key that Inlet knows"],
])("%s is refused: %s %s", (matching, field, problem) => {
  const [fault, ...more] = read(matching).faults;
  expect(more).toEqual([]);
  expect(fault?.field).toContain(field);
  expect(fault?.problem).toContain(problem);
});
