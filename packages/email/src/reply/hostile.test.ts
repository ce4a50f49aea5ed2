import { expect, test } from "vitest";
import { takeBanner } from "./banner.ts";
import { findMark } from "./html-marks.ts";
import { LONG_LINES } from "./long-lines.ts";
import { readReply } from "./read-reply.ts";

const MEGABYTE = 1024 * 1024;

/**
 * UN9: a megabyte of what each rule looks for. Where a rule goes back over the text, one of these takes minutes: the
 * test's own limit is the judge. The parser gives the rules `TRUNCATION_LIMITS.replyChars`, a sixteenth of it.
 */
test.each([
  ["attribution lines", "On 1 May 2026 10:00 x\n"],
  ["attribution lines with addresses", "a@b wrote:\n"],
  ["halves of attribution lines", "wrote:\n\n"],
  ["Dutch attribution lines", "Op 1 mei 2026 10:00 schreef x\n"],
  ["Chinese attribution lines", "在写道\n"],
  ["colons", "a:\n"],
  ["dates", "2026-01-01 10:00 <a@b>\n"],
  ["quotes in turn", "On 2026-01-01 10:00, a@b wrote:\n> a\nb\n"],
  ["wrapped quotes", `> ${"a".repeat(60)}\nb\n`],
  ["marks", ">"],
  ["header fields", "From: a@b\n\n"],
  ["half header blocks", "From: a <b\n"],
  ["separators", "----- a -----\n"],
  ["delimiters", "--\n"],
  ["rules", "---\nx\n"],
  ["one rule", "-"],
  ["mobile signatures", "sent from my x\n\ny\n"],
  ["stars of a pattern", `lähetetty ${"a".repeat(80)}\n\n`],
  ["closings", "regards\nX Y\n\n"],
  ["disclaimers", "this message is confidential\n\n"],
  ["fences", "```\n"],
  ["armor", "-----BEGIN PGP SIGNATURE-----\n"],
  ["blank lines", "\n"],
  ["spaces", " "],
  ["one long line", "On a "],
  ["lines that share", `a On 1 ${"b ".repeat(100)}wrote:\n> x\n`],
])("a megabyte of %s ends", { timeout: 60_000 }, (_name, unit) => {
  const text = unit.repeat(Math.ceil(MEGABYTE / unit.length));
  const { words, signature } = readReply(text, { name: "Bo Berg", email: "bo@example.com" });
  expect(words.length).toBeLessThanOrEqual(text.length);
  expect(signature.join("\n").length).toBeLessThanOrEqual(text.length);
});

/** The same for lines of the greatest length that a rule looks at, real-looking ones among them. */
test.each(LONG_LINES)("a quarter of a megabyte of %s ends", { timeout: 60_000 }, (_name, line) => {
  const text = line.repeat(Math.ceil(MEGABYTE / 4 / line.length));
  const { text: rest } = takeBanner(text);
  const { words } = readReply(rest, { name: "Bo Berg", email: "bo@example.com" });
  expect(words.length).toBeLessThanOrEqual(text.length);
});

test("a style made to be read again and again is told at once", () => {
  expect(findMark("blockquote", { style: `${"margin:".repeat(70)}x;}` })).toBe(null);
});
