import { expect, test } from "vitest";
import { contactAsSetting, formatContactId, parseContactId } from "./contact-kinds.ts";

const KINDS = ["contact", "lead"] as const;

test.each([
  ["contact", "003-1", "003-1"],
  ["lead", "00Q-1", "lead:00Q-1"],
])("the id of a %s says what it is, and is read again", (kind, id, contactId) => {
  expect(formatContactId(kind, id, KINDS)).toBe(contactId);
  expect(parseContactId(contactId, KINDS)).toEqual({ kind, id });
});

test("the tenant's file says what a new contact becomes; the first kind where it does not", () => {
  expect([undefined, "lead"].map((written) => contactAsSetting(KINDS).parse(written))).toEqual(["contact", "lead"]);
  expect(contactAsSetting(KINDS).safeParse("account").success).toBe(false);
});
