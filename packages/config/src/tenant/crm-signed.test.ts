import { expect, test } from "vitest";
import { readTenant } from "../index.ts";

const WHSEC = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

function findFaults(crm: string) {
  const text = `name: Acme\nsources: {}\nmailboxes: { sales: { addresses: [sales@acme.example] } }\ncrm:\n  kind: http\n  newDeal: none\n  requests:\n    ping: { path: /me }\n    contact: { write: { path: /c } }\n    activity: { write: { path: /a } }\n${crm}`;
  const env = { WHSEC, SHORT: "whsec_c2hvcnQ=" };
  return readTenant("acme", text, { where: "acme.yaml", env, baseDir: "." }).faults.map(({ field, problem }) => [
    field,
    problem,
  ]);
}

const FORM = "    file: { write: { path: /f, form: { file: '{{file}}' } } }\n";

test("WR1: a HTTP CRM whose requests are signed", () => {
  expect(
    findFaults("  baseUrl: https://crm.example\n  files: link\n  auth: standard-webhooks\n  token: env:WHSEC\n"),
  ).toEqual([]);
});

test("a secret that signs nothing, a form that cannot be signed, and credentials in the address are refused, all at once", () => {
  expect(
    findFaults(`${FORM}  baseUrl: https://me:secret@crm.example\n  auth: standard-webhooks\n  token: env:SHORT\n`),
  ).toEqual([
    ["crm.baseUrl", "has credentials in it"],
    ["crm.token", "is not whsec_ and the base64 of 24 to 64 bytes"],
    ["crm.requests.file.write.form", "is a form, which cannot be signed"],
  ]);
});
