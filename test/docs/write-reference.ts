import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ROOT } from "../architecture/repository.ts";
import { referencePages } from "./reference-pages.ts";

for (const [path, text] of Object.entries(referencePages())) {
  mkdirSync(dirname(`${ROOT}${path}`), { recursive: true });
  writeFileSync(`${ROOT}${path}`, text);
  console.log(`wrote ${path}`);
}
