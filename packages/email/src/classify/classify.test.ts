import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseMime } from "../parse-mime.ts";
import { measure } from "../../testing/labelled-mail.ts";
import { labelledMails, readLanguages } from "../../scripts/labelled-files.ts";
import { countFigures, judgeAll, measuredTable } from "../../testing/measured-mails.ts";
import type { Figures } from "../../testing/measured-mails.ts";
import baseline from "../../testing/measured.json" with { type: "json" };

const mails = labelledMails();
const judged = await judgeAll(mails);

test("the labelled set: its size, its languages, what deceives, and a part that the rules were not tuned on", () => {
  expect(mails.length).toBeGreaterThanOrEqual(600);
  expect(readLanguages().length).toBeGreaterThanOrEqual(20);
  expect(mails.filter(({ deceives }) => deceives === true).length).toBeGreaterThanOrEqual(mails.length / 2);
  expect(mails.filter(({ held }) => held).length).toBeGreaterThanOrEqual(30);
});

test("figures do not fall below what was measured", () => {
  const wrong = judged.filter(({ found, label }) => found !== label);
  for (const { label, found, title } of wrong) console.log(`classification: ${label} "${title}" taken for ${found}`);
  const found: Figures = countFigures(judged);
  // After a rise: `npm run measure -- --write`.
  const fallen = Object.entries(getNumbers(baseline)).filter(([name, least]) => (getNumbers(found)[name] ?? 0) < least);
  expect(fallen).toEqual([]);
  // A person's mail that is taken for a machine's may be lost to the tenant: of these none.
  expect(wrong.filter(({ label }) => label === "human")).toEqual([]);
});

function getNumbers({ kinds, replyTextExact, contactCorrect }: Figures): Record<string, number> {
  const ofKinds = Object.entries(kinds).flatMap(([kind, { precision, recall }]) => [
    [`precision of ${kind}`, precision] as const,
    [`recall of ${kind}`, recall] as const,
  ]);
  return { ...Object.fromEntries(ofKinds), replyTextExact, contactCorrect };
}

test("README.md shows the figures", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  expect(readme).toContain(measuredTable(judged, baseline).join("\n"));
});

test("planted: a wrong judgement shows in the figures", () => {
  const [first, ...rest] = judged;
  if (first === undefined) throw new Error("no mail");
  const planted = measure([{ ...first, found: "planted" }, ...rest]);
  expect(planted.find(({ label }) => label === first.label)?.recall).toBeLessThan(1);
  const human = judged.find(({ label, reply }) => label === "human" && reply === true);
  if (human === undefined) throw new Error("no person's mail");
  const worse = countFigures([...judged, { ...human, found: "bounce", reply: false, contact: false }]);
  expect(worse.suppressedHumans).toBe(1);
  expect(worse.replyTextExact).toBeLessThanOrEqual(baseline.replyTextExact);
});

test.each(mails.filter(({ label, deceives }) => deceives === undefined && (label === "bounce" || label === "delay")))(
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
