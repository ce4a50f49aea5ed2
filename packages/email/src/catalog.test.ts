import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { EMAIL_WARNINGS } from "@inlet/schemas";
import { parseFile } from "./offline.ts";

const root = new URL("../../../test/emails/", import.meta.url);
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".eml") && !name.startsWith("cases"))
  .map((name) => name.replaceAll("\\", "/"))
  .toSorted();

/** UN1, UN2, UN4, UN7 and the first of UN5, UN6, UN8: each file beside what is expected of it (a subset). */
test.each(files)("%s", async (name) => {
  const file = new URL(name, root);
  const expected = JSON.parse(readFileSync(new URL(name.replace(/\.eml$/, ".expected.json"), root), "utf8")) as
    | { error: string }
    | Record<string, unknown>;
  const found = await parseFile(readFileSync(file), name);
  if ("error" in expected) {
    expect("error" in found ? found.error.code : "parsed").toBe(expected.error);
    return;
  }
  expect(found).toMatchObject(expected);
});

test("the catalog is whole: an expectation beside each mail, ids that a sender can rewrite, only example domains", () => {
  console.log(`catalog: ${files.length} emails in ${new Set(files.map((name) => name.split("/")[0])).size} kinds`);
  expect(files.length).toBeGreaterThanOrEqual(220);
  for (const name of files) {
    expect(existsSync(new URL(name.replace(/\.eml$/, ".expected.json"), root)), `${name} has an expectation`).toBe(
      true,
    );
    const text = readFileSync(new URL(name, root), "latin1");
    const ids = [...text.matchAll(/^Message-ID:\s*<?([^>\s]+)/gim)].map((match) => match[1]);
    expect(
      ids.filter((id) => !/\.sample@[a-z0-9.-]+\.example$/.test(id ?? "")),
      `${name}: ids`,
    ).toEqual([]);
    const domains = [...text.matchAll(/@([a-z0-9-]+(?:\.[a-z0-9-]+)+)/gi)].map((match) =>
      (match[1] ?? "").toLowerCase(),
    );
    expect(
      domains.filter((domain) => !/(^|\.)example(\.(com|org|net))?$/.test(domain)),
      `${name}: domains`,
    ).toEqual([]);
  }
});

/** The list is closed both ways: no mail says what is not on it, and what it says of parsing is shown by a mail. */
test("warnings of the catalog are on the list, and the list is shown", async () => {
  const seen = new Set<string>();
  for (const name of files) {
    const found = await parseFile(readFileSync(new URL(name, root)), name);
    if (!("error" in found)) for (const warning of found.warnings) seen.add(warning);
  }
  expect([...seen].filter((code) => !(code in EMAIL_WARNINGS))).toEqual([]);
  // Cut and broken past what a file in a repository should be; limits.test.ts and fuzz.test.ts have them.
  // And what is only found on the way to the CRM.
  const elsewhere = [
    "date_implausible",
    "addresses_cut",
    "references_cut",
    "html_cut",
    "html_too_deep",
    "body_unreadable",
  ];
  expect(Object.keys(EMAIL_WARNINGS).filter((code) => !seen.has(code) && !elsewhere.includes(code))).toEqual([]);
});
