import { sanitize } from "@inlet/email";
import { simpleParser } from "mailparser";

/** What one writes with mailparser alone: everything decoded, nothing normalized. */
export async function parseBare(mail: Buffer): Promise<void> {
  await simpleParser(mail);
}

/** The least that an email needs which people are to look at: its html made safe by sanitize-html under our policy, and nothing else. */
export async function parseSafe(mail: Buffer): Promise<void> {
  const { html } = await simpleParser(mail);
  if (typeof html === "string") sanitize(html);
}
