import { readFile, rename, writeFile } from "node:fs/promises";
import { isMap, parseDocument } from "yaml";
import { CommandFailed } from "../context.ts";

/** Sets a tenant file's `isolation`, and leaves everything else of it, comments too, as it is. Whole or not at all. */
export async function writeIsolation(file: string, isolation: "shared" | "dedicated"): Promise<void> {
  const document = parseDocument(await readFile(file, "utf8"));
  if (document.errors.length > 0 || !isMap(document.contents))
    throw new CommandFailed(`${file} cannot be read as YAML: repair it first (npx inlet tenants check)`);
  document.set("isolation", isolation);
  const temporary = `${file}.new`;
  await writeFile(temporary, document.toString({ lineWidth: 0 }));
  await rename(temporary, file);
}
