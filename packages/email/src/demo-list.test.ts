import { readFileSync } from "node:fs";
import { DEAD_LETTER_REASONS, SUPPRESS_REASONS } from "@inlet/schemas";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { parseMime } from "./parse-mime.ts";
import { makeLargeMail } from "./sample-large.ts";

interface Row {
  title: string;
  file?: string;
  generate?: string;
  source?: string;
  /** Title of an earlier row. */
  sameEmailAs?: string;
  expect: { state: string; reason?: string; contact: string | null; deal: string; files: number };
}

const root = new URL("../../../test/emails/", import.meta.url);
const rows = parse(readFileSync(new URL("demo.yaml", root), "utf8")) as Row[];
const MB = 1024 * 1024;

test.each(rows)("$title: what the list expects follows from the mail", async (row) => {
  const { state, reason, contact, deal, files } = row.expect;
  expect(["new", "tag", "joined", "none"]).toContain(deal);
  const original = row.sameEmailAs === undefined ? row : rows.find((earlier) => earlier.title === row.sameEmailAs);
  expect(original, `${row.title}: sameEmailAs names a row`).toBeDefined();
  expect(original?.generate === undefined ? original?.file : original.generate).toMatch(/\.eml$|^pdf-15mb$/);
  const file = original?.file;
  const bytes = file === undefined ? makeLargeMail(15 * MB) : readFileSync(new URL(file, root));
  const result = await parseMime(bytes);
  if (state === "dead_lettered") {
    expect(Object.keys(DEAD_LETTER_REASONS)).toContain(reason);
    expect(result).toMatchObject({ ok: false, fault: { code: reason } });
    return;
  }
  if (!result.ok) throw new Error(result.fault.message);
  const { email } = result;
  if (state === "suppressed") {
    expect(Object.keys(SUPPRESS_REASONS)).toContain(reason);
    if (row.sameEmailAs === undefined) expect(email.classification.kind).toBe(reason);
    else expect(reason).toBe("duplicate_email");
    return;
  }
  expect(state).toBe("written");
  expect(email.from?.email).toBe(contact);
  expect(email.attachments.filter((file) => !file.inline)).toHaveLength(files);
  expect(email.classification.kind === "human").toBe(deal !== "none");
});

test("the large mail is as long as asked, the same each time, and its PDF is one", async () => {
  const [mail, again] = [makeLargeMail(2 * MB), makeLargeMail(2 * MB)];
  expect(mail.equals(again)).toBe(true);
  expect(Math.abs(mail.length - 2 * MB)).toBeLessThan(1_000);
  expect(await parseMime(mail)).toMatchObject({
    ok: true,
    email: {
      attachments: [{ filename: "drawings.pdf", contentType: "application/pdf", sniffedType: "application/pdf" }],
    },
  });
});
