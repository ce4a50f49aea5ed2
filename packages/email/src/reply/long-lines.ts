/**
 * Lines that cost the rules of replies most, hostile ones and ones from real mail. The tests repeat them up to a size at which a rule that goes
 * back over the text never ends; the bench prints what each costs.
 */
export const LONG_LINES: readonly (readonly [name: string, line: string])[] = [
  // As they come.
  ["a campaign's link", `Read more ( https://click.news.example/ls/click?upn=${"aB3-_xY9".repeat(40)} )\n`],
  [
    "a link in brackets",
    `Learn more <https://eu.safelinks.example/?url=${"https%3A%2F%2Fa.example%2F".repeat(12)}&data=05>\n`,
  ],
  ["a link without its line's end", `https://click.news.example/${"a".repeat(370)}\n`],
  ["base64 in text", `${"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo".repeat(2)}\n`],
  ["a long paragraph", `${"We looked at the offer from all sides, and have a question. ".repeat(6)}\n`],
  [
    "a header on one line",
    `From: Bo <bo@example.com> Sent: 16 March 2026 To: Ada <ada@example.com> Subject: ${"Offer ".repeat(20)}\n`,
  ],
  ["many addresses", `${"Ada Okafor <ada@northwind.example>; ".repeat(10)}\n`],
  ["a table drawn with lines", `| ${"12.50 | ".repeat(40)}\n`],
  ["a log", `2026-03-02 10:00:01,234 INFO [main] org.example.Service: ${"key=value ".repeat(25)}\n`],
  [
    "a caution",
    "CAUTION: This email originated from outside of the organization. Do not click links unless you know the sender.\n",
  ],
  // As no program writes them.
  ["no at sign, no blank", `${"a".repeat(399)}\n`],
  ["at signs", `${"@".repeat(399)}\n`],
  ["half addresses", `${"a@".repeat(199)}\n`],
  ["open brackets", `${"<a@b".repeat(99)}\n`],
  ["colons and blanks", `${"a: ".repeat(130)}\n`],
  ["labels", `${"from: ".repeat(60)}\n`],
  ["words of writing", `${"on 1 wrote ".repeat(36)}\n`],
  ["digits", `${"1 ".repeat(199)}\n`],
  ["dates", `${"2026-01-01 ".repeat(36)}\n`],
  ["closings", `${"regards, ".repeat(44)}\n`],
  ["titles", `Ada${", Ph.D".repeat(60)}\n`],
  ["cautions", `caution: ${"from an external sender ".repeat(15)}\n`],
  ["labels of banners", `${"caution! ".repeat(40)}\n`],
  ["brackets wrapped", `Ada <ada@example.com\n> wrote:\n`],
];
