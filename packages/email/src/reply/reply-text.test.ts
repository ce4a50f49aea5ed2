import { expect, test } from "vitest";
import { sanitize } from "../html/html.ts";
import { extractReply } from "./reply-text.ts";
import type { ReplyAndSignature } from "./reply-text.ts";

const from = { name: "Ada Okafor", email: "ada@northwind.example.com" };
const read = (text: string): ReplyAndSignature => extractReply({ text, textOfHtml: null, html: null, from });
const reply = (text: string): string | null => read(text).replyText;

/** UN5: the attribution lines that the large mail programs write. */
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
])("%j begins the quote", (attribution) => {
  expect(reply(`The new words.\nOn two lines.\n\n${attribution}\n\n> old\nolder words\n`)).toBe(
    "The new words.\nOn two lines.",
  );
});

test.each([
  "Thanks.\nOn Monday we spoke to the board, and they wrote back.\nCan you call me?",
  "From: here on it is easy.\nWe only need the key.",
  "Le prix est bon.\nOn commence quand ?",
])("%j is all new", (text) => {
  expect(reply(text)).toBe(text);
});

test("a signature goes, and tells name and phones", () => {
  const text =
    "Fine with us.\n\nBest regards,\nAda Okafor\nHead of Sales\nPhone: +44 (0)20 7946 0123, mobile 0044 7700 900123\nOrder 4711\n";
  expect(read(text)).toMatchObject({
    replyText: "Fine with us.",
    signature: { name: "Ada Okafor", phones: ["+442079460123", "+447700900123"] },
  });
  expect(read("No signature here.\nTel. 123\n").signature).toBeNull();
  expect(read("Hi\n-- \n2026-03-02 10:00\n田中 太郎\n").signature).toEqual({ name: "田中 太郎", phones: [] });
});

test("closing words with a name are the sender's own and stay; the name is told", () => {
  const text = "Fine with us.\n\nBest regards,\nAda Okafor";
  expect(read(text)).toMatchObject({ replyText: text, signature: { name: "Ada Okafor", phones: [] } });
});

test.each([
  ["lena@firma.example.de", "030 901820", "+4930901820"],
  ["lena@firma.example.co.uk", "020 7946 0123", "+442079460123"],
  ["lena@firma.example.io", "030 901820", "030 901820"],
  ["lena@firma.example.com", "030 901820", "030 901820"],
])("a phone of %s written %j is %s", (email, written, phone) => {
  const text = `Yes.\n-- \nLena Voss\nTel. ${written}\n`;
  const { signature } = extractReply({ text, textOfHtml: null, html: null, from: { name: null, email } });
  expect(signature).toEqual({ name: "Lena Voss", phones: [phone] });
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
  expect(found === null || found.length <= text.length).toBe(true);
});

const ofHtml = (html: string): string | null =>
  extractReply({ text: null, textOfHtml: "all of it", html: sanitize(`<div>New words</div>${html}`), from }).replyText;

test.each([
  '<div class="gmail_quote"><div class="gmail_attr">On Mon, 2 Mar 2026 at 10:00, Bo wrote:</div>old</div>',
  '<div class="gmail_quote"><blockquote>old</blockquote></div>',
  '<blockquote type="cite">old</blockquote>',
  '<div id="divRplyFwdMsg"><b>From:</b> Bo</div><div>old</div>',
  '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Bo</div><div>old</div>',
  '<div id="appendonsend"></div><div><b>Von:</b> Bo &lt;bo@example.com&gt;</div><div>old</div>',
  '<div class="protonmail_quote">On Monday, 2 March 2026 at 10:00, Bo &lt;bo@example.com&gt; wrote:<br>old</div>',
  '<div class="protonmail_quote">Bo skribis je 2026-03-02 10:00:<br><blockquote>old</blockquote></div>',
  '<div class="yahoo_quoted"><div><div>Le lundi 2 mars 2026 à 10:00, Bo &lt;bo@example.com&gt; a écrit :</div></div><div>old</div></div>',
  '<div class="zmail_extra">---- On Mon, 02 Mar 2026 10:00:00 +0100 Bo &lt;bo@example.com&gt; wrote ----<br><div>old</div></div>',
])("html: what a mail program marks as quoted, and what has a quote's structure, goes: %s", (html) => {
  expect(ofHtml(html)).toBe("New words");
});

/** k6: a name of a class is no proof. */
test.each([
  "gmail_quote",
  "gmail_quote_container",
  "protonmail_quote",
  "zmail_extra",
  "yahoo_quoted",
  "tutanota_quote",
  "missive_quote",
  "front-blockquote",
  "hs_reply",
  "ms-outlook-mobile-reference-message",
])("html: people's own words inside of %s stay", (name) => {
  for (const html of [
    `<div class="${name}"><div>Which days in May suit you? We come with four people.</div></div>`,
    `<div class="${name}"><p>Which days in May suit you?</p><p>We come with four people. Call me at 10:30: I am in.</p><p>More below.</p></div>`,
  ]) {
    expect(ofHtml(html)).toContain("Which days in May suit you?");
    expect(ofHtml(html)).toContain("We come with four people.");
  }
});

test.each(["appendonsend", "stopSpelling", "divRplyFwdMsg", "mail-editor-reference-message-container"])(
  "html: people's own words below an empty %s stay, a quote below them goes",
  (id) => {
    const words = ofHtml(
      `<div id="${id}"></div><div>Which days suit you?</div><div>On Mon, 2 Mar 2026 at 10:00, Bo &lt;bo@example.com&gt; wrote:</div><blockquote>old</blockquote>`,
    );
    expect(words).toContain("Which days suit you?");
    expect(words).not.toContain("old");
  },
);
