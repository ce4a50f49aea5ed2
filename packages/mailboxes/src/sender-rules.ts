import { readAddressRule } from "./address-rule.ts";
import { recipientParts } from "./recipient-parts.ts";

/**
 * Address rules held against senders: the text of the first rule that a From address meets; null when it meets none. An address of a rule is
 * met with any tag behind its +, unless the rule names one. Throws on rules that `readAddressRule` refuses.
 */
export function senderRules(texts: readonly string[]): (address: string | null) => string | null {
  const rules = texts.map((text) => {
    const reading = readAddressRule(text);
    if (!reading.ok) throw new TypeError(`a sender ${reading.problem}`);
    return reading.rule;
  });
  return (address) => {
    const parts = recipientParts(address?.trim() ?? "");
    if (parts === null) return null;
    const { local, base, domain } = parts;
    const met = rules.find((rule) => {
      if (rule.domain !== domain) return false;
      return rule.kind === "exact" ? rule.prefix === local || rule.prefix === base : rule.match(parts) !== null;
    });
    return met?.text ?? null;
  };
}
