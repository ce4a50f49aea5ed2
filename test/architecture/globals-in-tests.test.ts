import { expect, test } from "vitest";
import { readRepository, report, type RepositoryFile } from "./repository.ts";

/** Unit tests share a worker: what one sets for the whole process, it puts back, or a file that happens to come later fails. */
const SETS = /\bstartTelemetry\(|\bsetGlobal(?:TracerProvider|ContextManager|Propagator)\(/;
const PUTS_BACK = /\.(?:shutdown|disable)\(\)/;

test("a test that sets what is global to the process puts it back", () => {
  const files = readRepository().filter(({ path }) => path.endsWith(".test.ts"));
  report("globals in tests", { files: files.length });
  expect(findLeftBehind(files)).toEqual([]);
});

test("planted: telemetry that is started and not shut down, and a provider that is put back", () => {
  const planted: RepositoryFile[] = [
    { path: "services/a/src/a.test.ts", text: "const { log } = startTelemetry({ service });" },
    {
      path: "services/a/src/b.test.ts",
      text: "trace.setGlobalTracerProvider(provider); afterAll(() => trace.disable());",
    },
  ];
  expect(findLeftBehind(planted)).toEqual(["services/a/src/a.test.ts"]);
});

function findLeftBehind(files: readonly RepositoryFile[]): string[] {
  return files
    .filter(({ path, text }) => !path.startsWith("test/architecture/") && SETS.test(text) && !PUTS_BACK.test(text))
    .map(({ path }) => path);
}
