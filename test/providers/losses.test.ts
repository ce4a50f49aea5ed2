import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { SOURCES, losses, SET } from "./losses.ts";
import type { Loss } from "./losses.ts";
import { lossesPage } from "./losses-page.ts";

const found = await losses();

test("the same emails through every endpoint: raw forms lose nothing", () => {
  expect(found.size).toBe(SOURCES.length);
  expect(SET.length).toBeGreaterThan(10);
  for (const raw of ["mailgun, mime", "sendgrid, raw", "ses", "cloudmailin, raw"]) expect(found.get(raw)).toEqual([]);
});

/** The Subject is part of an email's name: bytes in no charset that the mail names are lost in a provider's JSON or form, and the name with them. */
test("no endpoint that leaves the Subject as it is changes which email it is, nor any which conversation it belongs to, or whom it is from", () => {
  const ids = [...found].flatMap(([source, each]) =>
    each
      .filter(({ field }) => ["emailKey", "conversationId", "messageId", "references", "to", "date"].includes(field))
      .filter(
        ({ field, email }) =>
          field !== "emailKey" || !each.some((loss) => loss.field === "subject" && loss.email === email),
      )
      .map(said(source)),
  );
  expect(ids).toEqual([]);
});

test("docs/reference/provider-losses.md says what the forms of the providers lose (npm run docs)", async () => {
  const page = await readFile(new URL("../../docs/reference/provider-losses.md", import.meta.url), "utf8");
  expect(page).toBe(lossesPage(found));
});

test("planted: an endpoint that loses a field shows on the page", () => {
  const planted = new Map([...found, ["postmark", [{ field: "subject", email: "reply/plain-quoted-printable.eml" }]]]);
  expect(lossesPage(planted)).not.toBe(lossesPage(found));
});

function said(source: string): (loss: Loss) => string {
  return ({ field, email }) => `${source}: ${field} of ${email}`;
}
