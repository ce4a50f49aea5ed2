import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { REPLIES } from "./replies.ts";

test("docs/guides/smtp.md lists every reply with its code, and no other", async () => {
  const page = await readFile(new URL("../../../../docs/guides/smtp.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| `(\d{3}) (\d\.\d\.\d)` *\| `(\w+)`/gm)].map(([, ...row]) => row.join(" "));
  expect(rows).toEqual(
    Object.entries(REPLIES).map(([code, { status, text }]) => `${status} ${text.split(" ")[0]} ${code}`),
  );
});
