import { readFileSync } from "node:fs";
import { CHANGED_RECORDS, CHANGES, CRM_CHANGE_CONFORMANCE, LACKS } from "@inlet/crm/conformance";
import { expect, test } from "vitest";
import { table } from "./markdown-table.ts";

const guide = readFileSync(new URL("../../docs/guides/when-the-crm-changes.md", import.meta.url), "utf8");
const between = (mark: string): string | undefined =>
  new RegExp(`<!-- ${mark} -->\n\n([^]*?)\n\n<!-- /${mark} -->`).exec(guide)?.[1];
const CRMS = Object.entries(LACKS);
const cells = new Set(CRM_CHANGE_CONFORMANCE.map(({ record, change }) => `${record} ${change}`));

/** Issue 13: the guide's table is what the conformance cases say; copy it from this failure when a case is added. */
test("the guide's table has every cell that the adapters are tested with, and with which", () => {
  const rows = CHANGED_RECORDS.flatMap((record) =>
    CHANGES.flatMap((change) => {
      const cases = CRM_CHANGE_CONFORMANCE.filter((each) => each.record === record && each.change === change);
      const said = [...new Set(cases.map(({ inlet }) => inlet))];
      const tried = CRMS.map(([, lacks]) => (`${record} ${change}` in lacks ? "–" : "yes"));
      return said.length === 0 ? [] : [[record, change, said.join("; "), ...tried]];
    }),
  );
  expect(rows.length).toBeGreaterThan(40);
  const head = ["record", "change", "what Inlet does", ...CRMS.map(([name]) => name)];
  expect(between("changes")).toBe(table(head, rows).join("\n"));
});

test("each cell without a check is explained", () => {
  const reasons = CRMS.flatMap(([name, lacks]) => {
    const whys = [...new Set(Object.values(lacks))];
    return whys.map((why) => {
      const these = Object.keys(lacks).filter((cell) => lacks[cell] === why);
      return `- ${name}, ${these.join(", ")}: ${why}.`;
    });
  });
  expect(CRMS.flatMap(([, lacks]) => Object.keys(lacks)).filter((cell) => !cells.has(cell))).toEqual([]);
  expect(between("lacks")).toBe(reasons.join("\n"));
});
