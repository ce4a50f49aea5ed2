import { expect, test } from "vitest";
import { postgresAccountIn } from "../prerequisites.mjs";

const ROOT = "root:x:0:0:root:/root:/bin/bash";

test.each([
  [
    "the account postgres, if there is one",
    [ROOT, "nobody:x:65534:65534::/:/bin/false", "postgres:x:70:71::/:/bin/sh"],
    { uid: 70, gid: 71 },
  ],
  [
    "else nobody",
    [ROOT, "daemon:x:1:1::/:/bin/false", "nobody:x:65534:65533::/:/bin/false"],
    { uid: 65534, gid: 65533 },
  ],
  [
    "a container without either: whatever else there is",
    [ROOT, "", "app:x:1000:1000::/app:/bin/sh", ""],
    { uid: 1000, gid: 1000 },
  ],
  [
    "accounts that are root by another name, or not to be read, do not count",
    ["toor:x:0:0::/:/bin/sh", "odd:x:-2:-2::/:", "x:::", "+::::::"],
    null,
  ],
  ["a container with root alone", [ROOT], null],
  ["no /etc/passwd at all", [], null],
])("as root, Postgres runs as: %s", (_case, lines, account) => {
  expect(postgresAccountIn(lines.join("\n"))).toEqual(account);
});
