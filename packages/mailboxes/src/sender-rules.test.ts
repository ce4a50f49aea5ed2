import { expect, test } from "vitest";
import { senderRules } from "./sender-rules.ts";

test.each<[what: string, rules: string[], address: string | null, met: string | null]>([
  ["the address", ["ana@example.com"], "Ana@Example.com", "ana@example.com"],
  ["the address with a tag", ["ana@example.com"], "ana+work@example.com", "ana@example.com"],
  ["the tag that is named", ["ana+work@example.com"], "ana+work@example.com", "ana+work@example.com"],
  ["another tag", ["ana+home@example.com"], "ana+work@example.com", null],
  ["no tag where one is named", ["ana+work@example.com"], "ana@example.com", null],
  ["the domain", ["bob@example.com", "*@example.com"], "ana@example.com", "*@example.com"],
  ["a domain below it", ["*@example.com"], "ana@mail.example.com", null],
  ["a domain that only ends alike", ["*@example.com"], "ana@notexample.com", null],
  ["a pattern", ["an*@example.com"], "ana@example.com", "an*@example.com"],
  ["a pattern that is not met", ["bo*@example.com"], "ana@example.com", null],
  ["an international domain", ["*@bücher.example"], "a@xn--bcher-kva.example", "*@xn--bcher-kva.example"],
  ["no address", ["*@example.com"], null, null],
  ["what is no address", ["*@example.com"], "ana", null],
])("WR7: a sender: %s", (_what, rules, address, met) => {
  expect(senderRules(rules)(address)).toBe(met);
});

test("what is no rule is refused", () => {
  expect(() => senderRules(["ana"])).toThrow("is no address");
});
