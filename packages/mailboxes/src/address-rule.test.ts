import { describe, expect, test } from "vitest";
import { readAddressRule } from "./address-rule.ts";
import { recipientParts } from "./recipient-parts.ts";
import type { RecipientParts } from "./recipient-parts.ts";

function rule(text: string) {
  const reading = readAddressRule(text);
  if (!reading.ok) throw new Error(reading.problem);
  return reading.rule;
}

function parts(address: string): RecipientParts {
  const found = recipientParts(address);
  if (found === null) throw new Error(`not an address: ${address}`);
  return found;
}

describe("IN1: address rules", () => {
  test.each([
    ["Sales@Inlet.Example", "exact", "sales@inlet.example"],
    ["support+priority@inlet.example", "exact", "support+priority@inlet.example"],
    ["vertrieb@bücher.example", "exact", "vertrieb@xn--bcher-kva.example"],
    ["JOSÉ@inlet.example", "exact", "josé@inlet.example"],
    ["campaign-*@inlet.example", "pattern", "campaign-*@inlet.example"],
    ["{deal}@deals.inlet.example", "pattern", "{deal}@deals.inlet.example"],
    ["*@inlet.example", "domain", "*@inlet.example"],
  ])("%s is a rule", (text, kind, normalized) => {
    expect(rule(text)).toMatchObject({ kind, text: normalized });
  });

  test.each([
    ["no address at all", "sales", /is no address/],
    ["nothing before the @", "@inlet.example", /is no address/],
    ["no domain", "sales@localhost", /has no domain/],
    ["a wildcard in the domain", "sales@*.example", /wildcard in its domain/],
    ["a tag with a wildcard", "rep+*@inlet.example", /both a \+ and a wildcard/],
    ["only a tag", "+tag@inlet.example", /nothing before the tag/],
    ["two wildcards side by side", "a*{deal}@inlet.example", /nothing between them/],
    ["five wildcards", "a*b*c*d*e*f@inlet.example", /more than 4 wildcards/],
    ["a brace that names nothing", "deal-{}@inlet.example", /not a \{kind\}/],
    ["a kind of other letters", "deal-{d_1}@inlet.example", /not a \{kind\}/],
    ["white space", "sa les@inlet.example", /character that no address has/],
    ["a list", "a@x.example,b@inlet.example", /character that no address has/],
  ])("%s is refused", (_what, text, problem) => {
    expect(readAddressRule(text)).toEqual({ ok: false, problem: expect.stringMatching(problem) });
  });
});

describe("IN1: patterns", () => {
  test.each([
    ["campaign-*@inlet.example", "campaign-2026-q2@inlet.example", []],
    ["campaign-*@inlet.example", "campaign-@inlet.example", null],
    ["campaign-*@inlet.example", "xcampaign-1@inlet.example", null],
    ["*-sales@inlet.example", "emea-sales@inlet.example", []],
    ["*-sales@inlet.example", "-sales@inlet.example", null],
    ["a*a@inlet.example", "aa@inlet.example", null],
    ["a*a@inlet.example", "aaa@inlet.example", []],
    ["{product}-{campaign}@inlet.example", "pump-2026-Q2@inlet.example", ["product=pump", "campaign=2026-Q2"]],
    ["deal-{deal}-x@inlet.example", "Deal-0065g00000AbCdE-X@inlet.example", ["deal=0065g00000AbCdE"]],
    ["deal-{deal}@inlet.example", "deal-12345+urgent@inlet.example", ["deal=12345"]],
  ])("%s on %s", (text, address, tags) => {
    expect(
      rule(text)
        .match(parts(address))
        ?.map(({ kind, value }) => `${kind}=${value}`) ?? null,
    ).toEqual(tags);
  });

  test("the leftmost place of each literal is enough: the answer is that of an exhaustive search", () => {
    const texts = words(7);
    const patterns = ["a*b*a", "*ab*", "*a*b", "ab*ba", "*b*b*", "a*"];
    for (const pattern of patterns) {
      const glob = rule(`${pattern}@x.example`);
      const expected = new RegExp(`^${pattern.replaceAll("*", ".+")}$`);
      const wrong = texts.filter((base) => (glob.match({ base, sentBase: base }) !== null) !== expected.test(base));
      expect({ pattern, wrong }).toEqual({ pattern, wrong: [] });
    }
  });
});

test("IN2: addresses are taken apart as RFC 5233 and RFC 6531 say", () => {
  expect(parts("Support+Priority+EMEA@Inlet.Example")).toEqual({
    local: "support+priority+emea",
    base: "support",
    sentBase: "Support",
    details: ["Priority", "EMEA"],
    domain: "inlet.example",
  });
  expect(parts("rep++alice+@inlet.example.").details).toEqual(["alice"]);
  expect(parts('"deal+1"@inlet.example')).toMatchObject({ base: "deal", details: ["1"] });
  // A composed and a decomposed é are one letter.
  expect(parts("Jose\u0301+x@inlet.example").base).toBe("jos\u00E9");
  expect(parts("+tag@inlet.example")).toMatchObject({ base: "+tag", details: [] });
  expect(parts(`a+${"x".repeat(129)}+ok@inlet.example`).details).toEqual(["ok"]);
  expect(parts(`a${"+x".repeat(100)}@inlet.example`).details).toHaveLength(10);
  for (const none of ["", "@", "a@", "@b", "ab", `${"a".repeat(400)}@inlet.example`])
    expect(recipientParts(none)).toBeNull();
});

/** Every word of a and b, up to a length. */
function words(longest: number): string[] {
  const shorter = longest === 1 ? [] : words(longest - 1);
  return [...new Set(["a", "b", ...shorter, ...shorter.flatMap((word) => [`${word}a`, `${word}b`])])];
}
