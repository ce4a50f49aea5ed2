import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ROOT } from "../architecture/repository.ts";
import { referencePages } from "./reference-pages.ts";

const pages = Object.entries(referencePages());

test("there are reference pages", () => {
  expect(pages.length).toBeGreaterThanOrEqual(4);
});

test.each(pages)("%s says what the code says (npm run docs writes it)", (path, text) => {
  const written = existsSync(`${ROOT}${path}`) ? readFileSync(`${ROOT}${path}`, "utf8") : "";
  expect(written).toBe(text);
});
