import { expect, test } from "vitest";
import { messageBody, readMessageBody } from "./message-body.ts";

const LINK = "Our offer: https://example.com/offer?a=1&b=2";

test.each([
  [
    "lines, indents and what html would take for markup",
    `Guten Tag\n\n  <b>5 > 3</b> & "so"\n> quoted\n\n${LINK}`,
    "<p>hi</p>",
  ],
  ["text alone", LINK, ""],
  ["nested html with divs of its own", "x", '<div><div class="a">1</div></div><p>2</p>'],
])("%s are read back as written", (_, text, html) => {
  const body = messageBody({ text, html }, ["2 attachments", "spam check: pass"]);
  expect(readMessageBody(body)).toEqual({ text, html, notes: ["2 attachments", "spam check: pass"] });
});

test("an address that the sender wrote is text", () => {
  expect(messageBody({ text: `x\n${LINK}`, html: "" })).toBe(
    '<div class="inlet-text">x<br>Our offer: https://example.com/offer?a=1&amp;b=2</div>',
  );
});

test("what Odoo's sanitizer makes of it reads the same", () => {
  const body =
    '<div class="inlet-text">a&nbsp;b &amp; c<br><span data-o-mail-quote="1">&gt; quoted</span></div>\n' +
    '<div class="inlet-html" data-o-mail-quote="1"><p data-o-mail-quote="1">hi<br data-o-mail-quote="1"></p></div>';
  expect(readMessageBody(body)).toEqual({ text: "a\u00a0b & c\n> quoted", html: "<p>hi<br></p>", notes: [] });
});

test("a body that a person rewrote is text as a whole", () => {
  expect(readMessageBody("<p>call <b>her</b></p>")).toEqual({ text: "call her", html: "", notes: [] });
});

test("html that is too long stays out whole, and nothing that Postgres cannot hold goes in", () => {
  expect(messageBody({ text: "x", html: `<p>${"y".repeat(70_000)}</p>` })).toBe('<div class="inlet-text">x</div>');
  expect(messageBody({ text: "a\u0000b\ud800", html: "" })).toBe('<div class="inlet-text">ab\ufffd</div>');
});

test("the note of the whole email is a link, is read back as it was, and no other note becomes one", () => {
  const notes = ["in reply to https://evil.example/", "full email: https://inlet.example/e/acme/evt_1"];
  const body = messageBody({ text: "Hello", html: "" }, notes);
  expect(body).toContain(
    'full email: <a href="https://inlet.example/e/acme/evt_1">https://inlet.example/e/acme/evt_1</a>',
  );
  expect(body.match(/<a /g)).toHaveLength(1);
  expect(readMessageBody(body)).toEqual({ text: "Hello", html: "", notes });
});
