import { expect, test } from "vitest";
import { readRepository, report } from "./repository.ts";
import type { Finding, RepositoryFile } from "./repository.ts";

/** What speaks the glossary (docs/concepts/glossary.md): all code, tests and pages. */
const DONE = ["docs", "packages", "schemas", "scripts", "services", "test"];

/** What code said before the glossary, and what it says now. */
const WORDS: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\b(?:mail-)?doors?\b|\bDoorRequest\b/i, "inbound endpoint, source"],
  [/\b(?:dis)?belie(?:ve[sd]?|f)\b/i, "verify, trust"],
  [/\bProviderWord\b/, "provider metadata"],
  [/\bmachine mail\b|\bMachineKind\b/i, "automated mail"],
  [/\bawayPhrases|away-phrases|\b\w+Signs\(|\w+-signs\.ts\b/, "out-of-office phrases, detect…"],
  [/\bintroductions?\b/i, "attribution line"],
  [/\bdividers?\b/i, "original-message separator"],
  [/\bFOOTER\w*|\bfooters\.ts\b/, "disclaimers"],
  [/\barmour\w*/i, "PGP armor"],
  [/\bCUTS\b/, "TRUNCATION_LIMITS"],
  [/\bother-files\b|\bfile-kind\b/, "not-email, sniff-media-type"],
  [/\bline-ends\.ts\b/, "crlf"],
  [/\b[Mm]end(?:s|ed|ing)?\b|\bmend[A-Z]\w*/, "repair"],
  [/\bWrongUse\b/, "UsageError"],
  [/\bthe law\b|\bLawReport\b/i, "the delivery guarantee"],
  [/\bgiven-?parts\b|\bwhere-?to-?look\b|\bprintListing\b/i, "external services, print endpoints, print table"],
  [/\bkept-?record\b|\bkeep-?when-?slow\b/i, "stored record, spill a slow attempt"],
  [/\brescue-?stalled\b|\bmatch-?again\b|\bmeet-?rules\b/i, "recover stalled, rematch, evaluate rules"],
  [/\bgatherers?\b|\bcoalesce[sd]?\b(?!\()|\bLaneFullError\b|\bfast-produce\b/i, "batcher, ProducerQueueFullError"],
  [
    /\bwhoever\b|\bnobody\b|\bfor want of\b|\bby halves\b|\bbeaten\b|\bheed(?:s|ed)?\b/i,
    "the caller, none, without, partially",
  ],
  [
    /\bfunction [a-z]\w*Of\b|\bconst [a-z]\w*Of = (?:async )?(?:\([^)]*\)(?:: [^=]+)? =>|<)|^\s+[a-z]\w*Of(?:: (?:async )?)?\(/,
    "a verb: get, to, build, find, parse",
  ],
  [/\bfunction [a-z]+Of[A-Z]\w*\b(?<!\bfunction warnOf\w*)/, "a verb: get, to, build, find, parse"],
];

/** Words that are gone from every file of the repository, whatever its folder. */
const GONE: readonly (readonly [pattern: RegExp, instead: string])[] = [
  ...WORDS.filter(([, instead]) =>
    /^(?:inbound|verify|provider|automated|PGP|TRUNC|repair|UsageError|stored|recover)/.test(instead),
  ),
  [/\b(?:gatherers?|LaneFullError|fast-produce|combined-sends)\b/i, "batcher, ProducerQueueFullError"],
  [/\b[Ww]hoever\b|\bfor want of\b|\bby halves\b/, "the caller, without, partially"],
  [/\bunderstand\(/, "parse a body, ParsedBody"],
  [/\b(?:EmailTry|CallTry|TryEnd)\b/, "delivery attempt, attempt result"],
  [
    /\b(?:fateOf\w*|whatBecameOf|passBuffer|passCircuit|tellJourney)\b/,
    "toDisposition, toStepResult, checkHold, checkCircuit",
  ],
  [
    /\b(?:TenantCrms?|EffectLog|KnownCompanies|KnownDeals|endUnreadable|addToWritten)\b/,
    "CRM connection, effect tracker, cache",
  ],
];
/** Pages that name the old words, to say what they are now, and the record of what was. */
const ABOUT_WORDS = /^(?:CHANGELOG\.md|docs\/concepts\/glossary\.md|test\/architecture\/glossary\.test\.ts)$/;

/** Where an old word is a stored code, a printed text or somebody else's word. */
const ALIASES: readonly (readonly [file: RegExp, text: RegExp, why: string])[] = [
  [/^packages\/email\//, /["`|]introduction["`|]|\bintroduction: \[/, "the value of data-quote in stored html"],
  [/^packages\/email\//, /\bboundary_mended\b/, "a stored warning"],
  [/^packages\/email\/README\.md$/, /\bquote-without-introduction\b/, "the name of an email of the catalog"],
  [/^packages\/email\/src\/contact\/robot-address\.ts$/, /\|nobody\|/, "an address of mail servers"],
  [
    /\.test\.ts$|README\.md$/,
    /["(`/]nobody\b|nobody[@.:\]]|, "nobody"|else nobody/,
    "a name in test data, an account of Unix",
  ],
];

test("code, tests and pages speak the glossary", () => {
  const looked = { files: 0, lines: 0 };
  const aliases = new Set<string>();
  const found = oldWords(
    readRepository().filter(({ path }) => !ABOUT_WORDS.test(path)),
    looked,
    aliases,
  );
  report("glossary", looked);
  expect(found).toEqual([]);
  expect([...aliases].toSorted(), "an alias that nothing uses is to go").toEqual(
    ALIASES.map(([, , why]) => why).toSorted(),
  );
});

test("words that are gone stay gone, in all code and pages", () => {
  const looked = { files: 0, lines: 0 };
  const files = readRepository().filter(({ path }) => !ABOUT_WORDS.test(path));
  const found = oldWords(files, looked, new Set(), GONE, [""]);
  report("words that are gone", looked);
  expect(found).toEqual([]);
  expect(oldWords([{ path: "services/a.ts", text: "// whoever" }], undefined, undefined, GONE, [""])).toHaveLength(1);
});

test.each([
  ["a word of a comment", "/** The door by which it came. */"],
  ["an identifier", "throw new WrongUse(x);"],
  ["a function that begins with no verb", "export function nameOf(x: string): string {"],
  ["an arrow of that kind", "const keyOf = (row: Row): string => row.key;"],
  ["a method of that kind", "  keyOf(row: Row): string;"],
  ["a function that begins with a noun", "function keyOfRow(row: Row): string {"],
])("planted: %s is found", (_name, text) => {
  expect(oldWords([{ path: "packages/email/src/a.ts", text }])).toHaveLength(1);
});

test("planted: SQL, a verb with of, and aliases pass", () => {
  const text = "`select coalesce(a, b)`; function warnOfDemoSecrets(): void {";
  expect(oldWords([{ path: "packages/kafka/src/a.ts", text }])).toEqual([]);
  expect(oldWords([{ path: "packages/email/src/a.ts", text: 'warnings.add("boundary_mended");' }])).toEqual([]);
});

function oldWords(
  files: readonly RepositoryFile[],
  looked = { files: 0, lines: 0 },
  aliases = new Set<string>(),
  words = WORDS,
  folders: readonly string[] = DONE.map((folder) => `${folder}/`),
): Finding[] {
  const found: Finding[] = [];
  for (const { path, text } of files) {
    if (!/\.(?:ts|md)$/.test(path) || !folders.some((folder) => path.startsWith(folder))) continue;
    looked.files += 1;
    text.split("\n").forEach((line, index) => {
      looked.lines += 1;
      let rest = line;
      for (const [file, alias, why] of ALIASES) {
        if (!file.test(path) || !alias.test(rest)) continue;
        aliases.add(why);
        rest = rest.replaceAll(new RegExp(alias, "g"), "");
      }
      for (const [pattern, instead] of words) {
        const word = pattern.exec(rest)?.[0];
        if (word !== undefined)
          found.push({
            path: `${path}:${index + 1}`,
            problem: `"${word}": say ${instead} (docs/concepts/glossary.md)`,
          });
      }
    });
  }
  return found;
}
