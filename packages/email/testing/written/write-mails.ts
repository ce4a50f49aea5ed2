import type { Language, Written } from "./language.ts";
import { MACHINES } from "./machines.ts";
import { PEOPLE } from "./people.ts";

/** The mail that each program writes in each language, always the same ones. */
export function writeMails(languages: readonly Language[]): Written[] {
  const programs = [...Object.entries(PEOPLE), ...Object.entries(MACHINES)];
  return languages.flatMap((language, number) =>
    programs.map(([name, program]) => ({ title: `${name} (${language.code})`, ...program(language, number) })),
  );
}
