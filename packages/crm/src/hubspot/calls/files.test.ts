import { expect, test } from "vitest";
import { filePlace } from "./files.ts";

const SHA = "0123456789abcdef".repeat(4);

test.each([
  ["Angebot Nr. 7.pdf", "0123456789abcdef-Angebot-Nr.-7.pdf"],
  ["Übersicht (final).XLSX", "0123456789abcdef-Ubersicht-final.xlsx"],
  ["見積書.pdf", "0123456789abcdef-file.pdf"],
  ["../../etc/passwd", "0123456789abcdef-etc-passwd"],
  ["", "0123456789abcdef-file"],
  [".htaccess", "0123456789abcdef-htaccess"],
  ["README", "0123456789abcdef-README"],
  ["a.tar.gz", "0123456789abcdef-a.tar.gz"],
  ["sentence. With a long end", "0123456789abcdef-sentence.-With-a-long-end"],
  ["dot at the end.", "0123456789abcdef-dot-at-the-end"],
])("%j becomes %s", (filename, name) => {
  expect(filePlace("demo", `eml_1/${SHA}`, filename)).toEqual({ folder: "/inlet/demo/eml_1", name });
});

test("a name is bounded and keeps its extension", () => {
  const { name } = filePlace("demo", `eml_1/${SHA}`, `${"long ".repeat(200)}.jpeg`);
  expect(name.length).toBeLessThanOrEqual(100);
  expect(name.endsWith(".jpeg")).toBe(true);
});
