import { readAddressRule } from "@inlet/mailboxes";
import { z } from "zod";

/** A rule on addresses as a tenant file has it. */
export const addressRule = z
  .string()
  .superRefine((text, context) => {
    const reading = readAddressRule(text);
    if (!reading.ok) context.addIssue({ code: "custom", message: reading.problem });
  })
  .meta({
    description:
      'an address (sales@inlet.example), a pattern ("campaign-*@inlet.example", "deal-{deal}@inlet.example") or a domain ("*@inlet.example"), in quotes where it holds *, { or }',
    pattern: "^.+@[^@*{}]+\\.[^@*{}]+$",
    examples: ["sales@inlet.example", "campaign-*@inlet.example", "deal-{deal}@inlet.example", "*@inlet.example"],
  });
