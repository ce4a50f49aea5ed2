import { expect, test } from "vitest";
import { fillJson, fillPath } from "./template.ts";

const HOSTILE = 'x", "admin": true, "y": "{{key}}\n\\';

test("a value keeps its JSON type where it stands alone, and never breaks out of its string", () => {
  const template = {
    a: "{{n}}",
    b: ["{{list}}", "{{none?}}"],
    c: "Re: {{text}}",
    d: "{{none}}",
    e: { f: "{{empty?}}" },
  };
  const filled = fillJson(template, { n: 7, list: ["x"], text: HOSTILE, none: null, empty: [] });
  expect(filled).toEqual({ a: 7, b: [["x"]], c: `Re: ${HOSTILE}`, d: null, e: {} });
  expect(JSON.parse(JSON.stringify(filled))).toEqual(filled);
});

test("what is undefined in this call is left out, optional or not", () => {
  expect(fillJson({ subject: "{{subject}}", text: "{{text}}" }, { subject: "S", text: undefined })).toEqual({
    subject: "S",
  });
});

test.each([
  ["/contacts/{{key}}", "a/b?c#d@example.com", "/contacts/a%2Fb%3Fc%23d%40example.com"],
  ["/contacts?key={{key}}", "..", "/contacts?key=.."],
  ["/contacts/{{key}}", "..", null],
  ["/contacts/{{key}}", "", null],
  ["/contacts/{{key}}", null, null],
])("%s with %j", (template, key, expected) => {
  expect(fillPath(template, { key })).toBe(expected);
});
