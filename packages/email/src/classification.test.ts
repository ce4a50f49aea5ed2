import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseMime } from "./parse-mime.ts";
import { classificationTable, measure } from "./testing/labelled-mail.ts";
import type { Judged, LabelledMail } from "./testing/labelled-mail.ts";
import { readLabelled } from "./testing/labelled-mail.ts";

const folder = new URL("../../../test/emails/labelled/", import.meta.url);
const mails: readonly LabelledMail[] = readdirSync(folder)
  .toSorted()
  .flatMap((file) => readLabelled(file.replace(/\.txt$/, ""), readFileSync(new URL(file, folder), "utf8")));
const judged: readonly Judged[] = await Promise.all(
  mails.map(async (mail) => {
    const result = await parseMime(Buffer.from(mail.message.replaceAll("\n", "\r\n"), "utf8"));
    return { ...mail, found: result.ok ? result.email.classification.kind : result.fault.code };
  }),
);

test("the labelled set: its size, and a part that the rules were not tuned on", () => {
  expect(mails.length).toBeGreaterThanOrEqual(120);
  expect(mails.filter(({ held }) => held).length).toBeGreaterThanOrEqual(30);
});

test("precision and recall do not fall below what was measured", () => {
  const wrong = judged.filter(({ found, label }) => found !== label);
  for (const { label, found, title } of wrong) console.log(`classification: ${label} "${title}" taken for ${found}`);
  for (const row of measure(judged)) {
    console.log(`classification: ${row.label}: precision ${row.precision}, recall ${row.recall} of ${row.count}`);
    expect(row.precision, `precision of ${row.label}`).toBeGreaterThanOrEqual(0.9);
    expect(row.recall, `recall of ${row.label}`).toBeGreaterThanOrEqual(0.8);
  }
  // A person's mail that is taken for a machine's may be lost to the tenant: of these none.
  expect(wrong.filter(({ label }) => label === "human")).toEqual([]);
});

test("README.md shows the figures", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(readme).toContain(classificationTable(judged).join("\n"));
});

test("planted: a wrong judgement shows in the figures", () => {
  const [first, ...rest] = judged;
  if (first === undefined) throw new Error("no mail");
  const planted = measure([{ ...first, found: "planted" }, ...rest]);
  expect(planted.find(({ label }) => label === first.label)?.recall).toBeLessThan(1);
});

test.each(mails.filter(({ label }) => label === "bounce" || label === "delay"))(
  "$label $title: names the recipient",
  async ({ message }) => {
    const result = await parseMime(Buffer.from(message.replaceAll("\n", "\r\n"), "utf8"));
    const reasons = result.ok ? result.email.classification.reasons : [];
    expect(reasons.filter((reason) => reason.startsWith("dsn:recipient:"))).toEqual([
      expect.stringMatching(/^dsn:recipient:(gone|full|slow)@old\.example\.org$/),
    ]);
    if (message.includes("Message-ID: <sent-1@")) expect(reasons).toContain("dsn:message:sent-1@inlet.example");
  },
);
