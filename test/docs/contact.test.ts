import { readFileSync } from "node:fs";
import { CONTACT_REASONS, CONTACT_VIA } from "@inlet/schemas";
import { expect, test } from "vitest";
import { ROOT } from "../architecture/repository.ts";

const guide = readFileSync(`${ROOT}docs/guides/matching.md`, "utf8");
const part = guide.slice(guide.indexOf("## Who writes"), guide.indexOf("## The contact"));
const findCodes = (text: string): string[] => [...text.matchAll(/^\| `(\w+)` +\|/gm)].map(([, code]) => code as string);

test("the guide shows each kind of From, and every reason, and no other", () => {
  expect(findCodes(part).filter((code) => code !== "via" && code !== "reasons")).toEqual([
    ...Object.keys(CONTACT_VIA).toSorted((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b)),
    ...Object.keys(CONTACT_REASONS),
  ]);
});

const ORDER = ["from", "group", "list", "form", "forwarder", "colleague"];
