import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { readEnvFile, withDefaults } from "./context.ts";

test("the first value that is set counts; X_FILE counts as X", () => {
  const merged = withDefaults({ A: "1", B: "", C_FILE: "/c" }, { A: "2", B: "3", C: "4", D: undefined }, { D: "5" });
  expect(merged).toEqual({ A: "1", B: "3", C_FILE: "/c", D: "5" });
});

test("KEY=VALUE lines; comments and anything else are left out; a missing file is empty", () => {
  const dir = mkdtempSync(path.join(tmpdir(), "inlet-env-"));
  const file = path.join(dir, "x.env");
  writeFileSync(file, "# A=1\nB=a=b\r\n\nnot a line\nC=\n");
  expect(readEnvFile(file)).toEqual({ B: "a=b", C: "" });
  rmSync(dir, { recursive: true });
  expect(readEnvFile(file)).toEqual({});
});
