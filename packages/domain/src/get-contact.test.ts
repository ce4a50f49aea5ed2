import { expect, test } from "vitest";
import { getContact, isTrustedSender } from "./get-contact.ts";

const from = { name: "Shop", email: "noreply@shop.example" };
const behind = (via: string) => ({ name: "Pia", email: "pia@holm.example", via, reasons: ["reply_to"] });
const auth = (dmarc: string | null) => ({ spf: null, dkim: null, dmarc });

test("the contact is who the parser chose; in records of before there was a choice it is From", () => {
  expect(getContact({ from, contact: behind("form") })?.email).toBe("pia@holm.example");
  expect(getContact({ from, contact: null })?.email).toBe("noreply@shop.example");
  expect(getContact({ from: null, contact: null })).toBeNull();
});

test.each([
  ["from", null, true],
  ["from", "fail", false],
  ["group", "pass", true],
  ["colleague", null, true],
  ["colleague", "fail", false],
  ["form", "pass", false],
  ["list", "pass", false],
  ["forwarder", "pass", false],
])("a contact by way of %s, DMARC %s: trusted %s", (via, dmarc, trusted) => {
  expect(isTrustedSender({ auth: auth(dmarc), contact: behind(via) })).toBe(trusted);
});
