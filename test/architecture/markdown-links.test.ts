import { existsSync } from "node:fs";
import { posix } from "node:path";
import { expect, test } from "vitest";
import { readRepository, report, ROOT } from "./repository.ts";
import type { Finding, RepositoryFile } from "./repository.ts";

test("every link in Markdown leads to a file, and every anchor to a heading", () => {
  const looked = { files: 0, links: 0 };
  const found = broken(readRepository(), (path) => existsSync(`${ROOT}${path}`), looked);
  report("markdown links", looked);
  expect(found).toEqual([]);
});

test("the index of the documents leads to every page", () => {
  const files = readRepository();
  const index = files.find((file) => file.path === "docs/README.md");
  const pages = files.filter((file) =>
    /^docs\/(?:(?:concepts|guides|reference|runbooks)\/|requirements\.md$)/.test(file.path),
  );
  report("document index", { pages: pages.length });
  const forgotten = pages.filter((page) => index?.text.includes(`(${page.path.slice("docs/".length)})`) !== true);
  expect(forgotten.map((page) => page.path)).toEqual([]);
});

test("planted: a missing file, a missing anchor, a missing picture; not code, not the web", () => {
  const files = [
    { path: "docs/a.md", text: "# A b\n[x](missing.md) [y](b.md#nowhere) ![z](missing.svg) `[c](code.md)`" },
    {
      path: "docs/b.md",
      text: "# Some `code`, here\n[a](a.md#a-b) [w](https://example.test) [d](../docs)\n```\n[f](f.md)\n```",
    },
    { path: "docs/c.md", text: '[b](b.md#some-code-here) <img src="missing.png">' },
  ];
  const found = broken(files, (path) => path === "docs" || files.some((file) => file.path === path));
  expect(found.map((finding) => finding.problem)).toEqual([
    "links to missing.md, which is not there",
    "links to b.md#nowhere, but no heading of docs/b.md is called that",
    "links to missing.svg, which is not there",
    "links to missing.png, which is not there",
  ]);
});

function broken(
  files: readonly RepositoryFile[],
  exists: (path: string) => boolean,
  looked = { files: 0, links: 0 },
): Finding[] {
  const pages = files.filter((file) => file.path.endsWith(".md"));
  const found: Finding[] = [];
  for (const page of pages) {
    looked.files += 1;
    const prose = page.text.replace(/^(```|~~~)[\s\S]*?^\1/gm, "").replace(/`[^`\n]*`/g, "");
    const links = [
      ...prose.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g),
      ...prose.matchAll(/(?:src|href|srcset)="([^"]+)"/g),
    ];
    for (const [, link] of links) {
      if (link === undefined || /^[a-z][a-z+.-]*:/.test(link)) continue;
      looked.links += 1;
      const [target = "", anchor] = decodeURI(link).split("#");
      const path = target === "" ? page.path : posix.join(posix.dirname(page.path), target).replace(/\/$/, "");
      if (!exists(path)) found.push({ path: page.path, problem: `links to ${link}, which is not there` });
      const destination = files.find((file) => file.path === path);
      if (anchor === undefined || destination === undefined || findHeadings(destination.text).includes(anchor))
        continue;
      found.push({ path: page.path, problem: `links to ${link}, but no heading of ${path} is called that` });
    }
  }
  return found;
}

/** Anchors as GitHub makes them. */
function findHeadings(text: string): string[] {
  return [...text.matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/\s/g, "-"),
  );
}
