import { expect, test } from "vitest";
import { readRepository, report } from "./repository.ts";

interface LockFile {
  packages: Record<string, { optionalDependencies?: Record<string, string>; resolved?: string }>;
}

/**
 * npm leaves optional dependencies that it could not fetch out of the lock file (npm/cli#4828): then `npm ci` fails
 * elsewhere, or installs a tool without its binary. Pin tools to a version that is published for every platform.
 */
test("the lock file holds the binaries of every platform", () => {
  const lock = readRepository().find((file) => file.path === "package-lock.json");
  if (lock === undefined) throw new Error("there is no package-lock.json");
  const looked = { packages: 0, "optional dependencies": 0 };
  const missing = missingOptional(JSON.parse(lock.text) as LockFile, looked);
  report("lock file", looked);
  expect(missing).toEqual([]);
});

test("planted: a tool without its darwin binary; one that is nested is found", () => {
  const missing = missingOptional({
    packages: {
      "node_modules/tool": { optionalDependencies: { "@tool/linux": "1", "@tool/darwin": "1", "@tool/nested": "1" } },
      "node_modules/@tool/linux": {},
      "node_modules/tool/node_modules/@tool/nested": {},
    },
  });
  expect(missing).toEqual(["node_modules/tool needs @tool/darwin"]);
});

function missingOptional(lock: LockFile, looked = { packages: 0, "optional dependencies": 0 }): string[] {
  const missing: string[] = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    looked.packages += 1;
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      looked["optional dependencies"] += 1;
      const places = [`node_modules/${name}`, `${path}/node_modules/${name}`];
      if (!places.some((place) => place in lock.packages)) missing.push(`${path} needs ${name}`);
    }
  }
  return missing;
}
