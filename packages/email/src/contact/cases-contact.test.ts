import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { NormalizedEvent } from "@inlet/schemas";
import { identify } from "../ids.ts";
import { normalize } from "../normalize.ts";
import { parseMime } from "../parse-mime.ts";
import { ownTenant } from "../../testing/own-tenant.ts";

/** Emails that were read wrongly once; each is one of a kind, of which cases of our own are in the same table. */
const read = (name: string): Buffer =>
  readFileSync(new URL(`../../../../test/emails/cases/${name}.eml`, import.meta.url));

async function readEvent(name: string): Promise<NormalizedEvent> {
  const result = await parseMime(read(name));
  if (!result.ok) throw new Error(result.fault.message);
  return normalize(result.email, ownTenant());
}

test.each([
  ["04-google-group-rewrites-from", "nora@lind.example", "group"],
  ["05-web-form-with-reply-to", "pia@holm.example", "form"],
  ["06-colleague-forwards-a-customer", "otto@brandt-schule.example", "colleague"],
  ["k4a-mailman3-munged", "nora@lind.example", "group"],
  ["k4b-groups-io", "nora@lind.example", "list"],
  ["k4c-forwardemail", "nora@lind.example", "forwarder"],
  ["k5a-wordpress-form", "pia@holm.example", "form"],
  ["k5b-form-from-the-own-mailbox-generated", "pia@holm.example", "form"],
  ["k16a-outlook-with-note", "otto@brandt-schule.example", "colleague"],
  ["k16b-outlook-without-note", "otto@brandt-schule.example", "colleague"],
  ["02-exchange-auto-forwarded", "ines@duarte.example", "from"],
  ["01-person-forwards-a-bounce", "carla@mendes.example", "from"],
  ["a1-encoded-word-as-local-part", "agent@example.com", "from"],
])("who the contact is: %s", async (name, email, via) => {
  expect((await readEvent(name)).contact).toMatchObject({ email, via });
});

test.each([
  ["06-colleague-forwards-a-customer", "twelve heaters for our school"],
  ["k16a-outlook-with-note", "what do twelve heaters cost"],
  ["k16b-outlook-without-note", "what do twelve heaters cost"],
])("the customer's words reach the rules: %s", async (name, words) => {
  const event = await readEvent(name);
  expect(event.replyText).toContain(words);
  expect(event.replyText).not.toContain("From:");
});

test("an address that does not exist is no sender", async () => {
  expect((await readEvent("a2-blanks-in-address")).from).toBeNull();
});

test.each([
  ["33-same-thread-index-1", "33-same-thread-index-2"],
  ["k10-1", "k10-2"],
  ["k10-1", "k10-3"],
  ["k10-2", "k10-3"],
])("one Thread-Index under two topics is two conversations: %s, %s", async (one, other) => {
  const ids = await Promise.all(
    [one, other].map(async (name) => {
      const result = await parseMime(read(name));
      if (!result.ok) throw new Error(result.fault.message);
      return identify("demo", result.email).conversationId;
    }),
  );
  expect(ids[0]).not.toBe(ids[1]);
});
