import { expect, test } from "vitest";
import { isCode, readRepository, report } from "./repository.ts";
import type { Finding, RepositoryFile } from "./repository.ts";

/** What a test waits for comes late on a busy machine: a wait that says no timeout gives up after vitest's own second. */
const WAIT = /\b(?:vi\.waitFor|vi\.waitUntil|expect\s*\.poll)\(/g;
/** Least timeout, ms. */
const PATIENCE_MS = 15_000;

test("every wait of a test says a timeout that a busy machine keeps", () => {
  const looked = { files: 0 };
  const found = impatientWaits(readRepository(), looked);
  report("patience", looked);
  expect(found).toEqual([]);
});

test("planted: waits without a timeout and with a short one; long ones and other calls are allowed", () => {
  const found = impatientWaits([
    { path: "packages/a/src/a.test.ts", text: "await vi.waitFor(() => expect(seen(1)).toBe(1));" },
    { path: "packages/a/src/b.test.ts", text: "await expect.poll(() => seen, { interval: 1 }).toBe(true);" },
    { path: "packages/a/testing/c.ts", text: "return vi.waitFor(check, { timeout: 3_000 });" },
    { path: "packages/a/src/d.test.ts", text: "await vi.waitFor(() => seen(), { timeout: 15_000, interval: 20 });" },
    {
      path: "packages/a/src/e.test.ts",
      text: "await expect\n .poll(() => f(), {\n timeout: 20_000 }).toBe(1); poll(x);",
    },
  ]);
  expect(found.map(({ path }) => path)).toEqual([
    "packages/a/src/a.test.ts",
    "packages/a/src/b.test.ts",
    "packages/a/testing/c.ts",
  ]);
});

function impatientWaits(files: readonly RepositoryFile[], looked = { files: 0 }): Finding[] {
  const found: Finding[] = [];
  for (const file of files) {
    if (!isCode(file) || file.path.startsWith("test/architecture/patience")) continue;
    looked.files += 1;
    for (const match of file.text.matchAll(WAIT)) {
      const call = callAt(file.text, match.index + match[0].length);
      const timeout = Number(/\btimeout: ([\d_]+)/.exec(call)?.[1]?.replaceAll("_", "") ?? 0);
      if (timeout < PATIENCE_MS)
        found.push({
          path: file.path,
          problem: `give it a timeout of ${PATIENCE_MS} ms or more: ${call.slice(0, 80)}`,
        });
    }
  }
  return found;
}

/** What stands between the call's parentheses. */
function callAt(text: string, start: number): string {
  let depth = 1;
  let end = start;
  for (; end < text.length && depth > 0; end += 1) {
    if (text[end] === "(") depth += 1;
    else if (text[end] === ")") depth -= 1;
  }
  return text.slice(start, end - 1);
}
