import { expect, test } from "vitest";
import { decodeWords } from "./encoded-words.ts";

/** RFC 2047 8 and RFC 2231 5, then what real mailers make of them. */
test.each([
  ["=?US-ASCII?Q?Keith_Moore?= <moore@cs.example>", "Keith Moore <moore@cs.example>"],
  ["(=?ISO-8859-1?Q?a?= b)", "(a b)"],
  ["(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", "(ab)"],
  ["(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)", "(a b)"],
  ["=?US-ASCII*EN?Q?Keith_Moore?=", "Keith Moore"],
  ["lower and upper =?UTF-8?q?=c3=BC?= =?utf-8?b?w7w=?=", "lower and upper üü"],
  ["glued[=?UTF-8?B?ZsOzcnVt?=]=?UTF-8?B?IHNwcsOhdmE=?=text", "glued[fórum] správatext"],
  ["=?us-ascii?q?foo?==?us-ascii?q?bar?=", "foobar"],
  ['in quotes "=?utf-8?Q?M=C3=BCller?="', 'in quotes "Müller"'],
  ["=?utf-8?Q?blanks inside are kept?=", "blanks inside are kept"],
  ["=?utf-8?B?SGVs bG8=?=", "Hello"],
  ["=? utf-8 ?B?SGVsbG8=?=", "Hello"],
  ["no padding =?utf-8?B?SGVsbG8?=", "no padding Hello"],
  ["=?utf-8?B?SGVsbG8==IHdvcmxk?=", "Hello world"],
  ["question =?utf-8?Q?Really?=3F?= yes", "question Really?? yes"],
  ["=?utf-8?Q?What's up??=", "What's up?"],
  ["raw =?iso-8859-1?Q?Gr=FC=DFe_ü?=", "raw Grüße ü"],
  ["=?utf-8?Q?a=b_=4?=", "a=b =4"],
  ["empty =?utf-8?Q??= word", "empty  word"],
  ["no end =?utf-8?B?SGVsbG8", "no end Hello"],
  ["no end =?utf-8?Q?Gr=C3=BC=C3=9Fe to you", "no end Grüße to you"],
  ["=?utf-8?Q?abc =?utf-8?Q?def?=", "abcdef"],
  ["=?utf-8?Q?ends?", "ends"],
  ["=??Q?caf=C3=A9?= =?x-unheard?Q?caf=E9?=", "cafécafé"],
  ["=?utf-8?X?abc?= =?utf-8?Q?", "=?utf-8?X?abc?= =?utf-8?Q?"],
  ["once only: =?utf-8?Q?=3D=3Futf-8=3FQ=3Fx=3F=3D?=", "once only: =?utf-8?Q?x?="],
  ["=?UTF-8?Q?=E2=82?= =?UTF-8?Q?=AC?=", "€"],
  ["=?utf-8?B?4pyTIOKc?=\t=?utf-8?B?kyDinJM=?=", "✓ ✓ ✓"],
  ["=?utf-8?Q?=E2=9C?= =?utf-8?B?kw==?=", "✓"],
  ["quartets cut =?utf-8?B?w6?= =?utf-8?B?k=?=", "quartets cut é"],
  ["=?gb2312?B?xOO6?= =?gb2312?B?ww==?=", "你好"],
  ["=?ISO-2022-JP?B?GyRCJDMkcyRL?= =?ISO-2022-JP?B?JEEkTxsoQg==?=", "こんにちは"],
  ["=?ISO-2022-JP?B?GyRCJDMkcyRL?= =?ISO-2022-JP?B?GyRCJEEkTxsoQg==?=", "こんにちは"],
  ["=?utf-7?Q?+AGE-b +AOk-?=", "ab é"],
  ["=?UTF-7?Q?+BB8EQAQ4BDIENQRC-?= =?UTF-7?Q?b?=", "Приветb"],
  ["=?utf-8?Q?line=0D=0ABcc:_x?=", "line Bcc: x"],
  ["=?", "=?"],
])("%s", (value, text) => {
  expect(decodeWords(value)).toBe(text);
});

test("linear in values made to be read again and again", () => {
  for (const value of [
    "=?".repeat(250_000),
    "=?a?q?".repeat(80_000),
    `${"=?a?q?a".repeat(80_000)}?=`,
    `=?a?q?${"?=AA".repeat(100_000)}`,
    `=?a?q?${"é".repeat(200_000)}?=`,
    "=?utf-8?B?w6?= ".repeat(30_000),
  ]) {
    expect(decodeWords(value).length).toBeLessThanOrEqual(value.length);
  }
});
