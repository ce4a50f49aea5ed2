import { readFileSync } from "node:fs";
import { DEAL_CONFIDENCES, DEAL_MATCHES } from "@inlet/domain";
import { expect, test } from "vitest";
import { ROOT } from "../architecture/repository.ts";

const guide = readFileSync(`${ROOT}docs/guides/matching.md`, "utf8");
const rows = [...guide.slice(guide.indexOf("## The deal")).matchAll(/^\| `(\w+)` +\|.*\|(.*)\|$/gm)].slice(1);

test("the guide's table has every match, in the order that decides, and every confidence", () => {
  expect(rows.map(([, match]) => match)).toEqual([...DEAL_MATCHES]);
  const told = new Set(
    rows.flatMap(([, , confidence = ""]) => [...confidence.matchAll(/`(\w+)`/g)].map(([, it]) => it)),
  );
  expect([...told].filter((it) => it !== "contactEmail")).toEqual([...DEAL_CONFIDENCES]);
});

test("the guide names every warning of a matched deal that is gone, and no other", () => {
  const code = readFileSync(`${ROOT}services/crm-sink/src/write/write-deal.ts`, "utf8");
  const warnings = (text: string): string[] => [...new Set(text.match(/\b\w+_(?:deal|tag)_unknown\b/g))].toSorted();
  expect(warnings(code)).toHaveLength(4);
  expect(warnings(guide)).toEqual(warnings(code));
});
