import { simpleParser } from "mailparser";

/** What one writes with mailparser alone: everything decoded, nothing normalized. */
export async function parseBare(mail: Buffer): Promise<void> {
  await simpleParser(mail);
}
