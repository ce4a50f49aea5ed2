import { expect, test } from "vitest";
import { isAddress, parseAddresses } from "./addresses.ts";
import { readAuthors } from "./author.ts";

function shown(value: string): string[] {
  return parseAddresses([value]).map(({ name, email }) => (name === null ? email : `${name} <${email}>`));
}

test.each([
  // RFC 5322, appendix A.
  ["Joe Q. Public <john.q.public@x.example>", ["Joe Q. Public <john.q.public@x.example>"]],
  ['<boss@x.example>, "Giant; \\"Big\\" Box" <sys@x.example>', ["boss@x.example", 'Giant; "Big" Box <sys@x.example>']],
  [
    "A Group:Ed Jones <c@x.example>,joe@x.example,John <j@x.example>;",
    ["Ed Jones <c@x.example>", "joe@x.example", "John <j@x.example>"],
  ],
  ["Pete(A nice \\) chap) <pete(his account)@x.example(his host)>", ["Pete <pete@x.example>"]],
  [
    "A Group(Some people) :Chris <c@(Chris's host.)x.example>, John <j@x.example> (my friend); (the end)",
    ["Chris <c@x.example>", "John <j@x.example>"],
  ],
  ["(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;", []],
  [
    "Mary Smith <@node.example,@other.example:mary@x.example>, , jdoe@test  . example",
    ["Mary Smith <mary@x.example>", "jdoe@test.example"],
  ],
  // What real mailers and people write.
  ["undisclosed-recipients:;, a@x.example", ["a@x.example"]],
  ["a@x.example; b@x.example;", ["a@x.example", "b@x.example"]],
  ["a@x.example b@x.example", ["a@x.example", "b@x.example"]],
  ["Müller, Hans <h@x.example>, b@x.example", ["Müller, Hans <h@x.example>", "b@x.example"]],
  ["Doe, John, PhD <j@x.example>", ["Doe, John, PhD <j@x.example>"]],
  ["local, Bob <b@x.example>", ["local, Bob <b@x.example>"]],
  ["Bob <bob>, <carol@x.example>", ["carol@x.example"]],
  ["Al <a@x.example, Other <b@x.example>", ["Al <a@x.example>", "Other <b@x.example>"]],
  ["Al a@x.example>", ["Al <a@x.example>"]],
  ["Al a@x.example", ["Al <a@x.example>"]],
  ["a@x.example (Real Name)", ["Real Name <a@x.example>"]],
  ['"a@x.example"', ["a@x.example"]],
  ['"a@x.example" <a@x.example>', ["a@x.example"]],
  ["<<a@x.example>>", ["a@x.example"]],
  ["< a @ x.example >", ["a@x.example"]],
  ["<mailto:a@x.example>, mailto:b@x.example", ["a@x.example", "b@x.example"]],
  ['<"a b"@x.example>, "c, d"@x.example', ['"a b"@x.example', '"c, d"@x.example']],
  ["\"'Bob'\" <b@x.example>", ["Bob <b@x.example>"]],
  ["b@x.example.", ["b@x.example"]],
  ['"quoted+tag"@x.example, "a..b"@x.example', ["quoted+tag@x.example", '"a..b"@x.example']],
  ["Bob @ Work <b@x.example>", ["Bob @ Work <b@x.example>"]],
  ["b@x.example via List <l@x.example>", ["b@x.example via List <l@x.example>"]],
  ['"never closed <a@x.example>', ["never closed <a@x.example>"]],
  ["(never closed <a@x.example>", ["never closed <a@x.example>"]],
  ["Jörg <jörg@müller.example>, x@[192.0.2.1]", ["Jörg <jörg@müller.example>", "x@[192.0.2.1]"]],
  // Encoded words are names, whatever they hold.
  ["=?utf-8?Q?M=C3=BCller,_Hans?= <h@x.example>", ["Müller, Hans <h@x.example>"]],
  ["=?utf-8?Q?Müller, Hans?= <h@x.example>", ["Müller, Hans <h@x.example>"]],
  ['"=?utf-8?Q?M=C3=BCller?=" <h@x.example>', ["Müller <h@x.example>"]],
  ["=?utf-8?q?Bob?=<b@x.example>", ["Bob <b@x.example>"]],
  ["h@x.example (=?iso-8859-1?Q?M=FCller?=)", ["Müller <h@x.example>"]],
  ["=?utf-8?Q?ceo=40bank.example?= <m@x.example>", ["ceo@bank.example <m@x.example>"]],
  ["=?utf-8?Q?a=40x.example?=", []],
  ["=?utf-8?Q?Al_<a=40x.example>?=", []],
  ["=?utf-8?Q?agent?=@x.example", ["agent@x.example"]],
  ["Al <=?utf-8?B?YWdlbnQ=?=@x.example>", ["Al <agent@x.example>"]],
  ["=?utf-8?Q?a=40bank.example?=@x.example", []],
  ["=?utf-8?Q?a_b?=@x.example", []],
  ["=?utf-8?Q?m=C3=BCller?=@x.example", []],
  // Blanks that make an address that does not exist.
  ['"Old Friend" <power quadrant system@x.example>', []],
  ["Al <al berg@x.example>, b@x.example", ["b@x.example"]],
  ["Al <al@x exam.example>", []],
  ["Al <al@x. example>", ["Al <al@x.example>"]],
  ["nobody, <>, a@, @b, Bob<at>x.example", []],
])("%s", (value, expected) => {
  expect(shown(value)).toEqual(expected);
});

test("what is an address", () => {
  expect(["a@b", "a.b+c@x.example", '"a b"@x.example', "a@[192.0.2.1]"].every(isAddress)).toBe(true);
  expect(["a b@x.example", "a@b@c d", "a@x.example>", ""].some(isAddress)).toBe(false);
});

test("names show what they hold, in the direction it was written in", () => {
  expect(shown("a\u202Egro.elpmaxe@b <m@x.example>")).toEqual(["agro.elpmaxe@b <m@x.example>"]);
});

test("lists made to be read again and again end", () => {
  for (const piece of [
    '"',
    "<",
    "(",
    "<(",
    '<"',
    '" (',
    "<a@",
    "a,",
    "=?a?q?",
    '"\\"',
    ":",
    ". ",
    "@ ",
    "a@b ",
    "(a)",
  ]) {
    expect(parseAddresses([piece.repeat(50_000)]).length, piece).toBeLessThanOrEqual(1_000);
    expect(readAuthors([piece.repeat(50_000)]).length, piece).toBeLessThanOrEqual(1_000);
  }
});

test("linear in addresses made to be read again and again", () => {
  for (const inside of [".".repeat(390_000), `"${String.raw`\"`.repeat(190_000)}`, "a.".repeat(190_000)])
    expect(parseAddresses([`<${inside}a@b>`])).toEqual([]);
});
