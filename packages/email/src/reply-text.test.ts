import { expect, test } from "vitest";
import { quoteStart } from "./quote-headers.ts";
import { sanitize } from "./html.ts";
import { replyTextOf } from "./reply-text.ts";
import { signatureOf } from "./signature.ts";

const reply = (text: string): string | null => replyTextOf({ text, textOfHtml: null, html: null });

/** UN5, simple: the introductions that the large mail programs write. */
test.each([
  "On Mon, 2 Mar 2026 at 10:00, Bo Berg <bo@example.com> wrote:",
  "On Mon, 2 Mar 2026 at 10:00, Bo Berg <bo@example.com>\nwrote:",
  "Am Mo., 2. März 2026 um 10:00 Uhr schrieb Bo Berg <bo@example.com>:",
  "Le lun. 2 mars 2026 à 10:00, Bo Berg <bo@example.com> a écrit :",
  "El lun, 2 mar 2026 a las 10:00, Bo Berg (<bo@example.com>) escribió:",
  "Il giorno lun 2 mar 2026 alle ore 10:00 Bo Berg <bo@example.com> ha scritto:",
  "Em seg., 2 de mar. de 2026 às 10:00, Bo Berg <bo@example.com> escreveu:",
  "Op ma 2 mrt 2026 om 10:00 schreef Bo Berg <bo@example.com>:",
  "Den mån 2 mars 2026 kl 10:00 skrev Bo Berg <bo@example.com>:",
  "2026年3月2日(月) 10:00 Bo Berg <bo@example.com> のメッセージ:",
  "Bo Berg <bo@example.com> 于2026年3月2日周一 10:00写道：",
  "-----Original Message-----",
  "---------- Forwarded message ---------",
  "From: Bo Berg <bo@example.com>\nSent: Monday, March 2, 2026 10:00 AM\nTo: Sales",
  "Von: Bo Berg <bo@example.com>\nGesendet: Montag, 2. März 2026 10:00",
  "________________________________\nFrom: Bo Berg <bo@example.com>",
])("%j begins the quote", (introduction) => {
  expect(reply(`The new words.\nOn two lines.\n\n${introduction}\n\n> old\nolder words\n`)).toBe(
    "The new words.\nOn two lines.",
  );
});

test.each([
  "Thanks.\nOn Monday we spoke to the board, and they wrote back.\nCan you call me?",
  "From: here on it is easy.\nWe only need the key.",
  "Le prix est bon.\nOn commence quand ?",
])("%j is all new", (text) => {
  expect(quoteStart(text.split("\n"))).toBe(-1);
  expect(reply(text)).toBe(text);
});

test("a signature goes, and tells name and phones", () => {
  const text =
    "Fine with us.\n\nBest regards,\nAda Okafor\nHead of Sales\nPhone: +44 (0)20 7946 0123, mobile 0044 7700 900123\nOrder 4711\n";
  expect(reply(text)).toBe("Fine with us.");
  expect(signatureOf(text)).toEqual({ name: "Ada Okafor", phones: ["+442079460123", "+447700900123"] });
  expect(signatureOf("No signature here.\nTel. 123\n")).toBeNull();
  expect(signatureOf("Hi\n-- \n2026-03-02 10:00\n田中 太郎\n")).toEqual({ name: "田中 太郎", phones: [] });
});

test("'thanks' inside a letter cuts nothing", () => {
  expect(reply("Thanks\ncan you also send the invoice to our office?")).toContain("invoice");
});

/** Each of these takes minutes where an expression goes back over it; the test's own timeout is the judge. */
test.each([
  ["openings", "Op schreef \n".repeat(50_000)],
  ["polish openings", "Dnia x pisze\n".repeat(50_000)],
  ["chinese openings", "在写道\n".repeat(50_000)],
  ["one long line", `On ${"a ".repeat(500_000)}`],
  ["blank lines", "\n".repeat(500_000)],
  ["spaces", " ".repeat(500_000)],
  ["quotes", "> ".repeat(250_000)],
  ["quote lines", ">\n".repeat(250_000)],
  ["from lines", "From: a <b\n".repeat(50_000)],
  ["dates", "2026-01-01 10:00 <a>\n".repeat(20_000)],
  ["digits", "1 ".repeat(250_000)],
  ["signature digits", `Hi\n-- \n${"1 (".repeat(100_000)}`],
  ["dashes", "-".repeat(500_000)],
  ["within the parser's bound", `${"On a b ".repeat(140)}\n`.repeat(8)],
])("hostile text ends: %s", { timeout: 20_000 }, (_name, text) => {
  const found = reply(text);
  signatureOf(text);
  expect(found === null || found.length <= text.length).toBe(true);
});

test("html: what a mail program marks as quoted goes", () => {
  const html = (quoted: string): string | null =>
    replyTextOf({ text: null, textOfHtml: "all of it", html: sanitize(`<div>New words</div>${quoted}`) });
  for (const quoted of [
    '<div class="gmail_quote">old</div>',
    '<blockquote type="cite">old</blockquote>',
    '<div id="divRplyFwdMsg"><b>From:</b> Bo</div><div>old</div>',
    '<div id="appendonsend"></div><div>old</div>',
  ]) {
    expect(html(quoted)).toBe("New words");
  }
});
