import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ATTRIBUTION_LINES } from "./attribution-lines.ts";
import { CLOSINGS, SEPARATORS, HEADER_LABELS, MOBILE_SIGNATURES } from "./words.ts";

const catalog = new URL("../../../../test/emails/reply/", import.meta.url);
const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const languages = [
  ...new Set([
    ...ATTRIBUTION_LINES.map((form) => form.language),
    ...[HEADER_LABELS, SEPARATORS, MOBILE_SIGNATURES, CLOSINGS].flatMap(Object.keys),
  ]),
].toSorted();

/** Emails of one folder of the catalog, which the catalog's own test reads. */
function emails(folder: string): string[] {
  return readdirSync(new URL(folder, catalog))
    .filter((name) => name.endsWith(".eml"))
    .map((name) => name.replace(".eml", ""))
    .toSorted();
}

/** `en` counts for `en-gb`, `zh-Hans` for `zh-cn`. */
function getLanguage(name: string): string {
  if (name === "zh-cn") return "zh-Hans";
  return name === "zh-tw" ? "zh-Hant" : (name.split("-")[0] as string);
}

/** UN5: what the README says is understood is what the tables hold and the catalog proves. */
function table(): string[][] {
  const tested = { gmail: emails("gmail"), outlook: emails("outlook"), iphone: emails("iphone") };
  const has = (known: boolean, names: readonly string[], language: string): string =>
    !known ? "" : names.some((name) => getLanguage(name) === language) ? "tested" : "known";
  return languages.map((language) => [
    language,
    has(
      ATTRIBUTION_LINES.some((form) => form.language === language),
      tested.gmail,
      language,
    ),
    has(language in HEADER_LABELS, tested.outlook, language),
    has(language in MOBILE_SIGNATURES, tested.iphone, language),
    language in SEPARATORS ? "known" : "",
    language in CLOSINGS ? "known" : "",
  ]);
}

test("the README shows the languages that the tables hold and the catalog tests", () => {
  const head = [
    "language",
    "`On …, X wrote:`",
    "header block",
    "`Sent from my …`",
    "`Original Message`",
    "closing words",
  ];
  const expected = [head, ...table()];
  const rows = section("languages")
    .filter((line) => line.startsWith("|") && !/^\|[ -]+\|[ |-]+$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
  expect(
    rows,
    `README between the marks should be:\n${expected.map((row) => `| ${row.join(" | ")} |`).join("\n")}`,
  ).toEqual(expected);
});

test("the README names the clients and shapes of the catalog", () => {
  const names = [...emails("clients"), ...emails("unseen")];
  const listed = [
    ...section("shapes")
      .join(" ")
      .matchAll(/[a-z0-9-]+(?=[,.])/g),
  ].map(([name]) => name);
  expect(listed, `README between the marks should be:\n${names.join(", ")}.`).toEqual(names);
});

test("at least fifteen languages are tested for each of Gmail, Outlook and iPhone", () => {
  for (const folder of ["gmail", "outlook", "iphone"]) {
    expect(new Set(emails(folder).map(getLanguage)).size, folder).toBeGreaterThanOrEqual(15);
  }
});

function section(name: string): string[] {
  const from = readme.indexOf(`<!-- ${name} -->`);
  const to = readme.indexOf(`<!-- /${name} -->`);
  expect(from !== -1 && to > from, `README has the marks of ${name}`).toBe(true);
  return readme
    .slice(from, to)
    .split("\n")
    .slice(1)
    .map((line) => line.trim());
}
