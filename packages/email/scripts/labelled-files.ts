import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { readLabelled } from "../testing/labelled-mail.ts";
import type { MeasuredMail } from "../testing/measured-mails.ts";
import type { Language } from "../testing/written/language.ts";
import { writeMails } from "../testing/written/write-mails.ts";

const folder = new URL("../../../test/emails/labelled/", import.meta.url);

/** The compact mails of test/emails/labelled, and what each program writes in each language. */
export function labelledMails(): MeasuredMail[] {
  const compact = readdirSync(folder)
    .filter((file) => file.endsWith(".txt"))
    .toSorted()
    .flatMap((file) => readLabelled(file.replace(/\.txt$/, ""), readFileSync(new URL(file, folder), "utf8")));
  return [...compact, ...writeMails(readLanguages()).map((mail) => ({ ...mail, held: false }))];
}

export function readLanguages(): Language[] {
  const read = parse(readFileSync(new URL("languages.yaml", folder), "utf8")) as Record<string, Omit<Language, "code">>;
  return Object.entries(read).map(([code, language]) => ({ code, ...language }));
}
