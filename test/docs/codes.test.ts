import {
  CONTACT_REASONS,
  DEAD_LETTER_REASONS,
  DELIVERY_WARNINGS,
  EMAIL_WARNINGS,
  SKIP_REASONS,
  SOURCE_WARNINGS,
  SUPPRESS_REASONS,
} from "@inlet/schemas";
import { expect, test } from "vitest";
import { isCode, isTest, readRepository, report } from "../architecture/repository.ts";
import type { Finding, RepositoryFile } from "../architecture/repository.ts";

const files = readRepository();
const pages = files.filter(({ path }) => /^(README|CONTRIBUTING|SECURITY)\.md$|^docs\/.*\.md$/.test(path));

test("every reason that a page gives a suppressed or dead-lettered email is of the closed list", () => {
  const looked = { codes: 0 };
  const found = unknownReasons(pages, looked);
  report("reasons in the documents", looked);
  expect(found).toEqual([]);
});

test("every code that a page of the concepts names is one of the code or of the ledger", () => {
  const looked = { codes: 0 };
  const found = unknownCodes(
    pages.filter(({ path }) => path.startsWith("docs/concepts/")),
    codesIn(files),
    looked,
  );
  report("codes in the concepts", { ...looked, known: codesIn(files).size });
  expect(found).toEqual([]);
});

test("every warning that the code gives is of a closed list, and each of a list is given by code", () => {
  const given = warningsIn(files);
  const known = { ...EMAIL_WARNINGS, ...SOURCE_WARNINGS, ...DELIVERY_WARNINGS };
  report("warnings in the code", { given: given.size, known: Object.keys(known).length });
  expect([...given].filter((code) => !(code in known))).toEqual([]);
  const quoted = codesIn(files.filter(({ path }) => path !== "schemas/src/warnings.ts"));
  expect(Object.keys({ ...SOURCE_WARNINGS, ...DELIVERY_WARNINGS }).filter((code) => !quoted.has(code))).toEqual([]);
});

test("planted: a reason of the other kind, a reason and a code that no one has", () => {
  const planted = (text: string): RepositoryFile[] => [{ path: "docs/concepts/x.md", text }];
  const problems = (found: readonly Finding[]): string[] => found.map(({ problem }) => problem);
  expect(
    problems(
      unknownReasons(
        planted("`suppressed: bounce`, `suppressed: too_old`; dead-lettered as `too_old`, dead-lettered as `too_late`"),
      ),
    ),
  ).toEqual(["suppressed: too_old is no reason", "dead-lettered as too_late is no reason"]);
  const known = codesIn([
    { path: "packages/x/src/a.ts", text: 'const code = "is_known";' },
    { path: "packages/x/src/a.test.ts", text: 'const code = "of_a_test";' },
    { path: "packages/ledger/migrations/1.sql", text: "create table a_table (a_column text)" },
  ]);
  const codes = unknownCodes(
    planted("`is_known`, `a_column`, `a_table`, `of_a_test`, `inlet_total`, prose_too"),
    known,
  );
  expect(problems(codes)).toEqual(["of_a_test is no code", "inlet_total is no code"]);
  const giving = (text: string): string[] => [...warningsIn([{ path: "services/x/src/a.ts", text }])];
  expect(
    giving(
      'email.warnings.push(`one_a: ${detail}`); const warning = `two_a: x`; return { warnings: b ? ["three_a"] : [] };',
    ),
  ).toEqual(["one_a", "two_a", "three_a"]);
});

/** `suppressed: CODE`, `dead_lettered: CODE` and "dead-lettered as `CODE`". */
function unknownReasons(within: readonly RepositoryFile[], looked = { codes: 0 }): Finding[] {
  const forms: [RegExp, Readonly<Record<string, string>>][] = [
    [/suppressed: ([a-z]\w*)/g, SUPPRESS_REASONS],
    [/dead_lettered: ([a-z]\w*)/g, DEAD_LETTER_REASONS],
    [/dead-lettered\s+as\s+`(\w+)`/g, DEAD_LETTER_REASONS],
  ];
  return within.flatMap(({ path, text }) =>
    forms.flatMap(([form, reasons]) =>
      // A diagram's arrows have labels, no reasons.
      [...text.replace(/^```mermaid[\s\S]*?^```/gm, "").matchAll(form)].flatMap(([whole, code = ""]) => {
        looked.codes += 1;
        return code in reasons ? [] : [{ path, problem: `${whole.replace(/`/g, "")} is no reason` }];
      }),
    ),
  );
}

/** What begins a text that is pushed to, or made, a warning. */
function warningsIn(within: readonly RepositoryFile[]): ReadonlySet<string> {
  return new Set(
    within
      .filter((file) => isCode(file) && !isTest(file.path))
      .flatMap(({ text }) => [
        ...text.matchAll(
          /\bwarnings?(?:\.push\(| = |: )\s*(?:[^;"'`]*?\?\s*)?\[?\s*["'`]([a-z]+(?:_[a-z]+)+)(?=["'`]|: )/g,
        ),
      ])
      .map(([, code = ""]) => code),
  );
}

/** Words with an underscore in quotes in the code that runs, in the tables of the ledger, and the closed lists' own. */
function codesIn(within: readonly RepositoryFile[]): ReadonlySet<string> {
  const lists = [CONTACT_REASONS, DEAD_LETTER_REASONS, EMAIL_WARNINGS, SKIP_REASONS, SUPPRESS_REASONS];
  const quoted = within
    .filter((file) => isCode(file) && !isTest(file.path))
    .flatMap(({ text }) => [...text.matchAll(/["'`: ]([a-z]+(?:_[a-z]+)+)["'`:]/g)].map(([, code = ""]) => code));
  const tables = within
    .filter(({ path }) => path.startsWith("packages/ledger/migrations/"))
    .flatMap(({ text }) => text.match(/\b[a-z]+(?:_[a-z]+)+\b/g) ?? []);
  return new Set([...lists.flatMap((list) => Object.keys(list)), ...quoted, ...tables]);
}

function unknownCodes(within: readonly RepositoryFile[], known: ReadonlySet<string>, looked = { codes: 0 }): Finding[] {
  return within.flatMap(({ path, text }) =>
    [...text.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].flatMap(([, code = ""]) => {
      looked.codes += 1;
      return known.has(code) ? [] : [{ path, problem: `${code} is no code` }];
    }),
  );
}
