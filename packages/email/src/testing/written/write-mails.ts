import { readLanguages } from "./language.ts";
import type { Written } from "./language.ts";
import { MACHINES } from "./machines.ts";
import { PEOPLE } from "./people.ts";

/** The mail that each program writes in each language, always the same. */
export function writeMails(): Written[] {
  const programs = [...Object.entries(PEOPLE), ...Object.entries(MACHINES)];
  return readLanguages().flatMap((language, number) =>
    programs.map(([name, program]) => ({ title: `${name} (${language.code})`, ...program(language, number) })),
  );
}
