import { existsSync } from "node:fs";
import { posix } from "node:path";
import { expect, test } from "vitest";
import { isCode, readRepository, report, ROOT } from "../architecture/repository.ts";
import type { Finding, RepositoryFile } from "../architecture/repository.ts";

const PROTOCOL = "docs/concepts/protocol.md";
const REQUIREMENTS = "docs/requirements.md";
/** This file plants citations that lead nowhere. */
const SELF = "test/docs/citations.test.ts";
const files = readRepository();
const text = (path: string): string => files.find((file) => file.path === path)?.text ?? "";

test("every section of the protocol that code or a page cites is there", () => {
  const looked = { citations: 0 };
  const found = missingSections(files, findSections(text(PROTOCOL)), looked);
  report("cited sections of the protocol", looked);
  expect(found).toEqual([]);
});

test("the protocol is cited by its page's path: only old migrations call it PROTOCOL.md", () => {
  const found = files.filter(({ path, text: content }) => !path.endsWith(".sql") && /\bPROTOCOL\.md\b/.test(content));
  const known = ["CHANGELOG.md", "CONTRIBUTING.md", PROTOCOL, SELF];
  expect(found.map(({ path }) => path).filter((path) => !known.includes(path))).toEqual([]);
});

test("every decision that code cites by its number is there", () => {
  const looked = { citations: 0 };
  const found = missingDecisions(files, looked);
  report("decisions cited by code", looked);
  expect(found).toEqual([]);
});

test("every page of the repository that code cites is there", () => {
  const looked = { citations: 0 };
  const found = missingPages(files, (path) => existsSync(`${ROOT}${path}`), looked);
  report("pages cited by code", looked);
  expect(found).toEqual([]);
});

test("every requirement that code, a test or a page cites is one, and each stands there once", () => {
  const looked = { citations: 0 };
  const ids = requirementsIn(text(REQUIREMENTS)).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const found = unknownRequirements(files, new Set(ids), looked);
  report("cited requirements", { ...looked, requirements: ids.length });
  expect(found).toEqual([]);
});

test("every requirement says where it stands, and what is shown or partly shown names a test", () => {
  const wrong = requirementsIn(text(REQUIREMENTS)).filter(
    ({ status, shownBy }) =>
      !/^(?:shown\b|partly: |not yet$)/.test(status) ||
      (status !== "not yet" && !/\]\(\.\.\/[^)]*\.test\.ts\)/.test(shownBy)),
  );
  expect(wrong).toEqual([]);
});

test("planted: a section, a page and a requirement that are not there, a range with an unknown end", () => {
  const planted = (content: string): RepositoryFile[] => [{ path: "packages/x/src/a.ts", text: content }];
  const problems = (found: readonly Finding[]): string[] => found.map(({ problem }) => problem);
  const sections = findSections("# Title\n## 1. Ids\n## 2. Topics and records\n");
  expect(
    problems(
      missingSections(
        planted("// docs/concepts/protocol.md, section 2 and PROTOCOL.md 9; protocol.md, sections 1 and 7"),
        sections,
      ),
    ),
  ).toEqual(["9 is no section of the protocol", "7 is no section of the protocol"]);
  const pages = missingPages(planted("// docs/a.md, README.md, docs/b.md, DESIGN.md"), (path) => path === "docs/a.md");
  expect(problems(pages)).toEqual(["cites docs/b.md, which is not there", "cites DESIGN.md, which is not there"]);
  const decisions = [...planted("// decision 7, decisions 8"), { path: "docs/decisions/0007-a.md", text: "" }];
  expect(problems(missingDecisions(decisions))).toEqual(["decision 8 is not there"]);
  const ids = new Set(["UN1", "UN2", "WR3"]);
  expect(problems(unknownRequirements(planted("// UN1–UN2, WR3: UN10, OP1"), ids))).toEqual([
    "UN10 is no requirement",
    "OP1 is no requirement",
  ]);
  expect(
    requirementsIn("| id | promise | status | shown by |\n| IN1  | a `b` | partly: c | [d](../e.test.ts) |"),
  ).toEqual([{ id: "IN1", status: "partly: c", shownBy: "[d](../e.test.ts)" }]);
});

function findSections(page: string): Set<string> {
  return new Set([...page.matchAll(/^## (\d+)\. /gm)].map(([, number = ""]) => number));
}

/** `docs/concepts/protocol.md, sections 1 and 12`, "protocol, section 3", and `PROTOCOL.md 4` in migrations, which are never edited. */
function missingSections(
  within: readonly RepositoryFile[],
  sections: ReadonlySet<string>,
  looked = { citations: 0 },
): Finding[] {
  return within
    .filter(({ path }) => path !== SELF && path !== PROTOCOL)
    .flatMap(({ path, text: content }) =>
      [
        ...content.matchAll(
          /\b(?:PROTOCOL\.md,?|protocol(?:\.md\)?|\]\([^)]*\))?, sections?) (\d+(?:(?: to |, | and )\d+)*)/g,
        ),
      ]
        .flatMap(([, numbers = ""]) => numbers.match(/\d+/g) ?? [])
        .flatMap((number) => {
          looked.citations += 1;
          return sections.has(number) ? [] : [{ path, problem: `${number} is no section of the protocol` }];
        }),
    );
}

/** By the number in its file's name. */
function missingDecisions(within: readonly RepositoryFile[], looked = { citations: 0 }): Finding[] {
  const numbers = new Set(within.flatMap(({ path }) => /^docs\/decisions\/0*(\d+)-/.exec(path)?.[1] ?? []));
  return within
    .filter((file) => isCode(file) && !isGuard(file.path))
    .flatMap(({ path, text: content }) =>
      [...content.matchAll(/\bdecisions? (\d+)\b/g)].flatMap(([, number = ""]) => {
        looked.citations += 1;
        return numbers.has(number) ? [] : [{ path, problem: `decision ${number} is not there` }];
      }),
    );
}

/** Of the repository's own pages: below `docs`, or beside the code that names them; and the shared pages that there were before these. */
function missingPages(
  within: readonly RepositoryFile[],
  exists: (path: string) => boolean,
  looked = { citations: 0 },
): Finding[] {
  return within
    .filter(({ path }) => /\.(ts|mjs|sql|ya?ml|avsc)$/.test(path) && !isGuard(path))
    .flatMap(({ path, text: content }) =>
      [...content.matchAll(/(?<![\w/.-])(?:docs\/[\w./-]+\.md|(?:DESIGN|STRUCTURE|REQUIREMENTS)\.md)\b/g)].flatMap(
        ([cited]) => {
          looked.citations += 1;
          return exists(posix.normalize(cited)) ? [] : [{ path, problem: `cites ${cited}, which is not there` }];
        },
      ),
    );
}

/** Guards plant pages that are not there, and read those that they cite. */
function isGuard(path: string): boolean {
  return /^test\/(?:architecture|docs)\//.test(path);
}

const REQUIREMENT = /(?<![\w-])(?:IN|UN|WR|OP)\d{1,2}(?![\w-])/g;

function unknownRequirements(
  within: readonly RepositoryFile[],
  ids: ReadonlySet<string>,
  looked = { citations: 0 },
): Finding[] {
  return within
    .filter(({ path }) => path !== SELF && /\.(ts|mjs|md|sql|ya?ml|avsc)$/.test(path))
    .flatMap(({ path, text: content }) =>
      [...content.matchAll(REQUIREMENT)].flatMap(([id]) => {
        looked.citations += 1;
        return ids.has(id) ? [] : [{ path, problem: `${id} is no requirement` }];
      }),
    );
}

interface Requirement {
  readonly id: string;
  readonly status: string;
  readonly shownBy: string;
}

function requirementsIn(page: string): Requirement[] {
  return [...page.matchAll(/^\| ((?:IN|UN|WR|OP)\d+) *\|(.*)\|\s*$/gm)].map(([, id = "", rest = ""]) => {
    const [, status = "", shownBy = ""] = rest.split("|").map((cell) => cell.trim());
    return { id, status, shownBy };
  });
}
