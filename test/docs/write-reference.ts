import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ROOT } from "../architecture/repository.ts";
import { losses } from "../providers/losses.ts";
import { lossesPage } from "../providers/losses-page.ts";
import { referencePages } from "./reference-pages.ts";

const pages = { ...referencePages(), "docs/reference/provider-losses.md": lossesPage(await losses()) };
for (const [path, text] of Object.entries(pages)) {
  mkdirSync(dirname(`${ROOT}${path}`), { recursive: true });
  writeFileSync(`${ROOT}${path}`, text);
  console.log(`wrote ${path}`);
}
