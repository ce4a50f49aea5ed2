import { expect, test } from "vitest";
import { readArguments, UsageError } from "./arguments.ts";

const suites = ["gateway", "parser"];

test("a suite, 10 s a measurement, text", () => {
  expect(readArguments(["--suite", "parser"], suites)).toEqual({
    kind: "run",
    suite: "parser",
    json: false,
    seconds: 10,
    profileDir: null,
    size: null,
  });
  expect(
    readArguments(["--suite=gateway", "--json", "--seconds", "2.5", "--profile", "out", "--size", "20000"], suites),
  ).toEqual({
    kind: "run",
    suite: "gateway",
    json: true,
    seconds: 2.5,
    profileDir: "out",
    size: 20_000,
  });
  expect(readArguments(["--list"], suites)).toEqual({ kind: "list" });
});

test.each([
  [[], /--suite is missing: name one of gateway, parser/],
  [["--suite", "parsr"], /--suite parsr: no such suite; there are gateway, parser/],
  [["--suite", "parser", "--seconds", "0"], /--seconds 0: give a number from 1 to 600/],
  [["--suite", "parser", "--seconds", "many"], /--seconds many/],
  [["--suite", "parser", "--size", "1.5"], /--size 1.5: give a whole number/],
  [["--suite", "parser", "--fast"], /--fast/],
  [["parser"], /parser/],
])("wrong use %j", (argv, message) => {
  expect(() => readArguments(argv, suites)).toThrow(UsageError);
  expect(() => readArguments(argv, suites)).toThrow(message);
});
