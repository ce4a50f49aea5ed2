import { expect, test } from "vitest";
import { requestFaults } from "./request-faults.ts";
import type { CrmRequests, WriteRequest } from "./requests.ts";

const write = (more: Partial<WriteRequest> = {}): WriteRequest => ({
  method: "POST",
  path: "/records",
  headers: {},
  body: { key: "{{key}}" },
  ...more,
});
const effect = (more: Partial<WriteRequest> = {}) => ({ write: write(more), id: "/id", idempotent: true });
const requests = (more: Partial<CrmRequests> = {}): CrmRequests => ({
  ping: { path: "/me", headers: {} },
  contact: effect(),
  activity: effect(),
  ...more,
});

test("requests that can be sent have no faults", () => {
  const file = effect({ body: { content: "{{contentBase64}}" } });
  const task = effect({ body: { title: "{{title}}", due: "{{dueAt}}" }, headers: { "X-Tenant": "{{tenant}}" } });
  expect(requestFaults(requests({ file, task }))).toEqual([]);
});

test.each<[what: string, more: Partial<CrmRequests>, field: string, problem: RegExp]>([
  ["an unknown placeholder", { contact: effect({ body: "{{mail}}" }) }, "contact.write.body", /unknown placeholder/],
  ["a list in a text", { deal: effect({ body: "tags: {{tags}}" }) }, "deal.write.body", /list/],
  ["a list in a path", { task: effect({ path: "/x/{{fileIds}}" }) }, "task.write.path", /unknown/],
  ["braces that are none", { contact: effect({ path: "/{{first name}}" }) }, "contact.write.path", /braces/],
  ["a form for a contact", { contact: effect({ form: {} }) }, "contact.write.form", /only a file/],
  ["a file in no field", { file: effect({ body: undefined, form: { name: "x" } }) }, "file.write.form", /exactly one/],
  ["a file whose bytes go nowhere", { file: effect({ body: { name: "{{filename}}" } }) }, "file.write", /nowhere/],
  [
    "Inlet's own header",
    { contact: effect({ headers: { Authorization: "x" } }) },
    "contact.write.headers.Authorization",
    /itself/,
  ],
  ["a header of two lines", { ping: { path: "/", headers: { "X-A": "a\r\nb: c" } } }, "ping.headers.X-A", /line break/],
  [
    "a read without an update",
    { deal: { ...effect(), read: { path: "/d/{{recordId}}", headers: {}, id: "/id", closedValues: ["won"] } } },
    "deal.read",
    /activity.update/,
  ],
])("%s", (_what, more, field, problem) => {
  const faults = requestFaults(requests(more));
  expect(faults.map((fault) => fault.field)).toContain(field);
  expect(faults.find((fault) => fault.field === field)?.problem).toMatch(problem);
});
