import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { NormalizedEvent } from "@inlet/schemas";
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

const AWAY = ["out_of_office", "auto_reply"];
const PROGRAM = ["receipt", "auto_reply", "no_reply"];

test.each([
  ["01-person-forwards-a-bounce", ["human"]],
  ["02-exchange-auto-forwarded", ["human"]],
  ["19-outlook-recall", PROGRAM],
  ["20-dsn-final-recipient-is-no-address", ["bounce"]],
  ["30-asks-about-out-of-office", ["human"]],
  ["31-label-before-automatic-reply", AWAY],
  ["k1a-inline-forward-of-a-dsn", ["human"]],
  ["k1b-forwarded-read-receipt", ["human"]],
  ["k1c-attached-abuse-report", ["human"]],
  ["k1d-real-dsn-wrapped-by-a-gateway", ["bounce"]],
  ["k2a-auto-forwarded-alone", ["human"]],
  ["k2b-inbox-rules-loop-alone", ["human"]],
  ["k2c-not-auto-submitted", ["human"]],
  ["k2d-m365-rule-forward-marked-generated", ["human"]],
  ["k2e-forwarded-and-mentions-leave", ["human"]],
  ["k3a-danish-asks-about-absence", ["human"]],
  ["k3b-polish-asks-about-absence", ["human"]],
  ["k3c-dutch-asks-about-absence", ["human"]],
  ["k3d-english-away-and-in-need", ["human"]],
  ["k3e-german-asks", ["human"]],
  ["k3f-external-label-german", AWAY],
  ["k3g-ext-colon-label", AWAY],
  ["k3h-spam-label", AWAY],
  ["k5b-form-from-the-own-mailbox-generated", ["human"]],
  ["k11a-original-and-forwarded-final", ["bounce"]],
  ["k11f-ndr-sv", ["bounce"]],
  ["k11g-ndr-pl", ["bounce"]],
  ["k11h-ndr-cs", ["bounce"]],
  ["k11i-ndr-da", ["bounce"]],
  ["k12a-recall-de", PROGRAM],
  ["k12b-outlook-reaction", PROGRAM],
  ["b1-bounce-empty-from", ["bounce"]],
  ["b1b-bounce-daemon-name-only", ["bounce"]],
  ["b2-bounce-daemon-own-words", ["bounce"]],
  ["b3-bounce-from-noreply", ["bounce"]],
  ["b5-bounce-undeliverable-mms", ["bounce"]],
  ["b6-complaint-without-report", ["complaint"]],
  ["l1-list-id-precedence-bulk", ["mailing_list"]],
])("automatic or not: %s", async (name, kinds) => {
  expect(kinds).toContain((await readEvent(name)).classification.kind);
});

test.each([
  ["20-dsn-final-recipient-is-no-address", ["paula@gone.example"]],
  ["k11a-original-and-forwarded-final", ["paula@gone.example"]],
  ["k11b-final-unknown", ["paula@gone.example"]],
  ["k11c-x500", ["paula@gone.example"]],
  ["k11d-comment-behind-address", ["paula@gone.example"]],
  ["k11e-utf8-address", ["paulaü@gone.example"]],
  ["k11f-ndr-sv", ["jan@weg.example"]],
  ["k11g-ndr-pl", ["jan@weg.example"]],
  ["k11h-ndr-cs", ["jan@weg.example"]],
  ["k11i-ndr-da", ["jan@weg.example"]],
  ["b1-bounce-empty-from", ["gone@customer.example"]],
  ["b1b-bounce-daemon-name-only", ["gone@customer.example"]],
  ["b2-bounce-daemon-own-words", ["gone@customer.example"]],
  ["b3-bounce-from-noreply", ["gone@customer.example"]],
])("whom a bounce is about: %s", async (name, recipients) => {
  const { reasons } = (await readEvent(name)).classification;
  const found = reasons.flatMap((reason) => /^dsn:recipient:(.*)$/.exec(reason)?.[1] ?? []);
  expect(found).toEqual(recipients);
});
