import { readFileSync } from "node:fs";
import { CHANGED_RECORDS, CHANGES, CRM_CHANGE_CONFORMANCE } from "@inlet/crm/conformance-changes";
import { expect, test } from "vitest";
import { table } from "./markdown-table.ts";

const guide = readFileSync(new URL("../../docs/guides/when-the-crm-changes.md", import.meta.url), "utf8");

/** Issue 13: the guide's table is what the conformance cases say; copy it from this failure when a case is added. */
test("the guide's table has every cell that the adapters are tested with", () => {
  const rows = CHANGED_RECORDS.flatMap((record) =>
    CHANGES.flatMap((change) => {
      const cases = CRM_CHANGE_CONFORMANCE.filter((each) => each.record === record && each.change === change);
      const said = [...new Set(cases.map(({ inlet }) => inlet))];
      return said.length === 0 ? [] : [[record, change, said.join("; ")]];
    }),
  );
  expect(rows.length).toBeGreaterThan(15);
  const written = /<!-- changes -->\n\n([^]*?)\n\n<!-- \/changes -->/.exec(guide)?.[1];
  expect(written).toBe(table(["record", "change", "what Inlet does"], rows).join("\n"));
});
