import { comparableDomain, parseMime } from "@inlet/email";
import { authenticate } from "mailauth";
import { describe, expect, test } from "vitest";

const LONG = "x".repeat(3000);

/** From fields and the author that Inlet takes; null: `from_unreadable`. mailauth, read apart, must take the same domain. */
const FIELDS: [from: string, author: string | null][] = [
  ["Ann <ann@client.example>", "ann@client.example"],
  ["ann@client.example (Ann)", "ann@client.example"],
  ['"Ann, of Sales" <ann@client.example>', "ann@client.example"],
  // Quoted names, however long and whatever they hold (RFC 5322 3.2.4).
  [`"${LONG}<ceo@bank.example>" <m@evil.example>`, "m@evil.example"],
  [`"<ceo@bank.example>${LONG}" <m@evil.example>`, "m@evil.example"],
  [`"${"x".repeat(300_000)}<ceo@bank.example>" <m@evil.example>`, "m@evil.example"],
  ['"<ceo@bank.example>" <m@evil.example>', "m@evil.example"],
  ['"ceo@bank.example" m@evil.example', "m@evil.example"],
  ['"a\\" <ceo@bank.example>" <m@evil.example>', "m@evil.example"],
  ['"a\\\\" <m@evil.example>', "m@evil.example"],
  ['"ceo\r\n @bank.example" <m@evil.example>', "m@evil.example"],
  ['"ceo@bank.example"@evil.example', '"ceo@bank.example"@evil.example'],
  [`${'"a" '.repeat(50_000)}<m@evil.example>`, "m@evil.example"],
  // Names without quotes.
  ["ceo@bank.example <m@evil.example>", "m@evil.example"],
  ["[ceo@bank.example] <m@evil.example>", "m@evil.example"],
  ["ceo＠bank.example <m@evil.example>", "m@evil.example"],
  // Comments (RFC 5322 3.2.2).
  [`(${LONG} <ceo@bank.example>) <m@evil.example>`, "m@evil.example"],
  ["(a (b <ceo@bank.example>) c) <m@evil.example>", "m@evil.example"],
  ["m@evil.example (ceo@bank.example)", "m@evil.example"],
  ["(a (b <ceo@bank.example> c) <m@evil.example>", null],
  ["Al <ceo@bank.example(m@evil.example)>", null],
  // Encoded words (RFC 2047 5): nothing inside is an address.
  ["=?utf-8?Q?ceo=40bank.example?= <m@evil.example>", "m@evil.example"],
  ["=?utf-8?B?PGNlb0BiYW5rLmV4YW1wbGU+?= <m@evil.example>", "m@evil.example"],
  ["=?utf-8?Q?<ceo@bank.example>?= <m@evil.example>", null],
  ['=?utf-8?Q?"?= <ceo@bank.example>, "<m@evil.example>', null],
  // Groups (RFC 6854) and several people: the first, and DMARC has no word where their domains differ.
  ["Sales: ann@client.example;", "ann@client.example"],
  ['"<ceo@bank.example>": m@evil.example;', null],
  ["Sales: ceo@bank.example, m@evil.example;", "ceo@bank.example"],
  ["ceo@bank.example, M <m@evil.example>", "ceo@bank.example"],
  ["Ann <ann@client.example>\r\nFrom: Ann <ann@client.example>", "ann@client.example"],
  ["Ann <ann@client.example>\r\nFrom: M <m@evil.example>", "ann@client.example"],
  ["ceo@bank.example: <m@evil.example>", null],
  ["ceo@bank.example\r\nX: y\r\nfrom: m@evil.example", "ceo@bank.example"],
  ["ceo@bank.example\r\nFrom : m@evil.example", "ceo@bank.example"],
  ["\r\nFrom: m@evil.example", "m@evil.example"],
  ["Al <m@evil.example>\r\nSender: ceo@bank.example", "m@evil.example"],
  ["A:;,B: m@evil.example;", "m@evil.example"],
  ["A: B: m@evil.example;;", "m@evil.example"],
  ["A: ceo@bank.example; <m@evil.example>", "ceo@bank.example"],
  ["undisclosed:;", null],
  [`${"ceo@bank.example, ".repeat(2000)}m@evil.example`, "ceo@bank.example"],
  // Folded, and with what is no text.
  ["Ann <ann@\r\n client.example>", "ann@client.example"],
  ["ann@bank.example\u0001<m@evil.example>", "m@evil.example"],
  ["ann@client.example\rFrom: m@evil.example", null],
  ["<ann@bank.example\u0000@evil.example>", null],
  // More comments.
  ["(a\\)<ceo@bank.example>) m@evil.example", null],
  ["m(ceo@bank.example)@evil.example", "m@evil.example"],
  ["m@evil.example(.bank.example)", "m@evil.example"],
  ["ceo@bank(.)example", null],
  [`${"(c) ".repeat(20_000)}m@evil.example`, "m@evil.example"],
  // More encoded words.
  ["=?utf-8?Q?a?= =?utf-8?Q?_<ceo=40bank.example>?= <m@evil.example>", null],
  ["=?utf-8?Q?ceo=40bank.example=2C?= <m@evil.example>", "m@evil.example"],
  ["<=?utf-8?Q?ceo=40bank.example?=>", null],
  ["m@=?utf-8?Q?evil.example?=", null],
  ["=?x?Q?a?= <m@evil.example>", "m@evil.example"],
  // Quoted local parts.
  ['"a b"@client.example', '"a b"@client.example'],
  ['"a,b"@client.example', '"a,b"@client.example'],
  ['<"ceo@bank.example"@evil.example>', '"ceo@bank.example"@evil.example'],
  ['Al <"ceo@bank.example>,"@evil.example>', null],
  ['"ceo@bank.example" <"x y"@evil.example>', '"x y"@evil.example'],
  ['ceo@bank.example."x"@evil.example', null],
  // Domains of other letters: each reader's mapping is its own.
  ["Ann <ann@BÜCHER.example>", "ann@BÜCHER.example"],
  ["ann@straße.example", "ann@straße.example"],
  ["ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"],
  ["ceo@\uFF42ank.example", null],
  ["ceo@ba\u034Fnk.example", null],
  ["ceo@bank。example", null],
  ["ceo@bank.example\u200B", null],
  ["Al <m@evil.example\u202E>", null],
  ["ann@[192.0.2.1]", "ann@[192.0.2.1]"],
  // What stands behind, before and between.
  ["Ann <ann@client.example> junk", "ann@client.example"],
  ["<ann@client.example>,", "ann@client.example"],
  [",,,ann@client.example", "ann@client.example"],
  ["<m@evil.example> ceo@bank.example", null],
  ["ann@client.example via ceo@bank.example", null],
  ["ceo@bank.example m@evil.example", null],
  ["ceo@bank.example;m@evil.example", "ceo@bank.example"],
  ["'ceo@bank.example' <m@evil.example>", "m@evil.example"],
  ["<'m@evil.example'>", null],
  ["mailto:ann@client.example", "ann@client.example"],
  ["ceo%bank.example@evil.example", "ceo%bank.example@evil.example"],
  ["<>", null],
  ["Ann", null],
  // Routes (RFC 5322 4.4).
  ["Ann <@bank.example,:m@evil.example>", "m@evil.example"],
  ['<@"x>:ceo@bank.example":m@evil.example>', null],
  ["@bank.example:m@evil.example", null],
  ["<@bank.example,@b.example:m@evil.example>", "m@evil.example"],
  // Broken: one reader takes this address, another that one.
  ['"never closed <ceo@bank.example>, <m@evil.example>', null],
  ["<ceo@bank.example> <m@evil.example>", null],
  ["<ceo@bank.example <m@evil.example>", null],
  ["<<ceo@bank.example> <m@evil.example>>", null],
  ["<ceo@bank.example>m@evil.example", null],
  ["ceo@bank.example\\<m@evil.example>", null],
  ["ceo@bank.example@evil.example", null],
  ["ceo@bank .example", null],
  ["ceo@bank.example=?utf-8?Q?x?=", null],
  [`ceo@bank.example${" ".repeat(400_000)}<m@evil.example>`, null],
  // Broken in a way that leaves one address only.
  ["(never closed <ann@client.example>", "ann@client.example"],
  ["<ann@client.example", "ann@client.example"],
  ["Ann <ann@client.example.>", "ann@client.example"],
  ["ann@bücher.example", "ann@bücher.example"],
  ["Ann <ann@CLIENT.example>", "ann@CLIENT.example"],
];

const silent = async (): Promise<never> => Promise.reject(Object.assign(new Error("none"), { code: "ENOTFOUND" }));

/** The domain that mailauth's DMARC would speak for, and the addresses that it read. */
async function readByMailauth(mail: Buffer): Promise<{ domain: string | null; first: string | undefined }> {
  const result = await authenticate(mail, { resolver: silent, disableArc: true, disableBimi: true });
  return {
    domain: result.dmarc === false ? null : comparableDomain(result.dmarc.status.header?.from ?? ""),
    first: result.dkim.headerFrom[0],
  };
}

const mailFrom = (from: string): Buffer => Buffer.from(`From: ${from}\r\nSubject: x\r\n\r\nHi\r\n`);

async function readByInlet(mail: Buffer): Promise<{ author: string | null; warnings: readonly string[] }> {
  const result = await parseMime(mail);
  if (!result.ok) throw new Error(result.fault.message);
  return { author: result.email.from?.email ?? null, warnings: result.email.warnings };
}

describe("D2: the sender is who DMARC speaks for, or no one", () => {
  test.each(FIELDS.map(([from, author]) => [from.slice(0, 80), from, author] as const))(
    "%s",
    async (_shown, from, author) => {
      const mail = mailFrom(from);
      const read = await readByInlet(mail);
      expect(read.author).toBe(author);
      if (author === null)
        return expect(from.includes("@") ? read.warnings : ["from_unreadable"]).toContain("from_unreadable");
      const { domain, first } = await readByMailauth(mail);
      expect(domain ?? comparableDomain(first ?? "")).toBe(comparableDomain(author));
    },
  );
});

const PIECES = [
  ...Array.from('"()<>,;:\\@.[] '),
  "ceo@bank.example",
  "m@evil.example",
  "<m@evil.example>",
  "<ceo@bank.example>",
  '"ceo@bank.example"',
  "(ceo@bank.example)",
  "=?utf-8?Q?",
  "=?utf-8?Q?x?=",
  "?=",
  "Group:",
  "\r\n ",
  "Al",
];

test(
  "D2: random fields are read alike, but for single ones (DMARC's word is then not taken)",
  { timeout: 120_000 },
  async () => {
    let seed = 20261130;
    const random = (): number => {
      seed = (seed + 0x6d2b79f5) | 0;
      let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    };
    const apart: string[] = [];
    let read = 0;
    for (let count = 0; count < 600; count += 1) {
      const length = 1 + Math.floor(random() * 7);
      const from = Array.from({ length }, () => PIECES[Math.floor(random() * PIECES.length)]).join("");
      const mail = mailFrom(from);
      const { author } = await readByInlet(mail);
      if (author === null) continue;
      read += 1;
      const { domain } = await readByMailauth(mail);
      if (domain !== null && domain !== comparableDomain(author)) apart.push(from);
    }
    expect(read).toBeGreaterThan(60);
    expect(apart.length, apart.join("\n")).toBeLessThanOrEqual(1);
  },
);
