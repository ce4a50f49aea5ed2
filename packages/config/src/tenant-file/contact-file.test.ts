import { expect, test } from "vitest";
import { readTenant } from "../tenant/read-tenant.ts";

const FILE = "name: Acme\nsources: {}\ncrm: { kind: hubspot, token: env:CRM_TOKEN }\n";
const read = (more: string) =>
  readTenant("acme", `${FILE}${more}\n`, { where: "acme.yaml", env: { CRM_TOKEN: "token-of-the-tests" }, baseDir: "" });

test("the person behind From is wanted unless the tenant says From", () => {
  const original = { list: "original", group: "original", form: "original", forwarder: "original" };
  expect(read("mailboxes: {}").tenant?.contactFrom).toEqual({ ...original, colleague: "original" });
  expect(read("mailboxes: {}\ncontactFrom: { colleague: from }").tenant?.contactFrom).toEqual({
    ...original,
    colleague: "from",
  });
});

test("a choice changes the mapping, the defaults do not", () => {
  const mapping = (more: string) => read(more).tenant?.mappingVersion;
  const box = (more: string): string => `mailboxes: { web: { addresses: [web@acme.example]${more} } }`;
  expect(mapping("mailboxes: {}\ncontactFrom: { form: original }")).toBe(mapping("mailboxes: {}"));
  expect(mapping("mailboxes: {}\ncontactFrom: { form: from }")).not.toBe(mapping("mailboxes: {}"));
  expect(mapping(box(", formInBody: false"))).toBe(mapping(box("")));
  expect(mapping(box(", formInBody: true"))).not.toBe(mapping(box("")));
});

test.each(["contactFrom: { form: reply-to }", "contactFrom: { forms: from }"])("%s is refused", (more) => {
  expect(read(`mailboxes: {}\n${more}`).faults).toHaveLength(1);
});
