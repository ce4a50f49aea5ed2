import { expect, test } from "vitest";
import { refusedProperties } from "./refused-properties.ts";

const BODY = JSON.stringify({
  external_id: "k",
  contact: { email: "root@localhost", "first-name": "type" },
  title: "name",
});

/** L31: a dead letter names the property that the CRM refused, never a value. */
test.each<[answer: string, names: string[]]>([
  ['{"errors":{"email":["is invalid"]}}', ["email"]],
  ['{"errors":{"contact.email":["is invalid"]},"field":"contact.email"}', ["email"]],
  [
    '{"type":"about:blank","errors":[{"detail":"x","pointer":"#/contact/email"},{"pointer":"#/title"}]}',
    ["email", "title"],
  ],
  ['{"errors":[{"source":{"pointer":"/data/attributes/first-name"}}]}', ["first-name"]],
  ['{"detail":[{"loc":["body","contact","email"],"msg":"value is not a valid email"}]}', ["email"]],
  ['{"message":"Validation failed","violations":[{"propertyPath":"contact[email]"}]}', ["email"]],
  ['{"invalid-params":[{"name":"title","reason":"too long"}]}', ["title"]],
  ['{"fields":["email","title"]}', ["email", "title"]],
  // Words and values are no one's names.
  ['{"message":"the email is wrong","value":"root@localhost"}', []],
  ['{"value":{"phone":["is missing"]}}', []],
  ['{"errors":{"root@localhost":["is no address"]}}', []],
  // What the request lacks.
  ['{"errors":{"phone":["is missing"]}}', ["phone"]],
  ['{"errors":[{"pointer":"#/phone"}]}', ["phone"]],
  ["not json", []],
  ['[[[[[[[[[[[["email"]]]]]]]]]]]]', []],
])("%s", (answer, names) => {
  expect(refusedProperties(answer, BODY)).toEqual(names);
});

test("of a form, or of a request without a body, only what stands among the errors is named", () => {
  expect(refusedProperties('{"field":"email","errors":{"name":[]}}', undefined)).toEqual(["name"]);
  expect(refusedProperties('{"field":"email"}', {})).toEqual([]);
});
