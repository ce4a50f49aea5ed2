import { expect, test } from "vitest";
import { getFilename, readStructured } from "./parameters.ts";

/** RFC 2045 5.1, RFC 2231 3 and 4, and their misuse. */
test.each([
  ['attachment; filename="report.pdf"', "report.pdf"],
  ["attachment; filename=report.pdf", "report.pdf"],
  ["attachment; filename=my report (1).pdf", "my report (1).pdf"],
  ["attachment; filename=Invoice(1).pdf; size=3", "Invoice(1).pdf"],
  ['attachment; filename="a;b.pdf" (a comment; here)', "a;b.pdf"],
  ['attachment; filename="say \\"hi\\".txt"', 'say "hi".txt'],
  ['attachment; filename="C:\\tmp\\a.txt"', "C:\\tmp\\a.txt"],
  ['attachment; filename="never closed.pdf', "never closed.pdf"],
  ["attachment; FileName*=UTF-8''%e2%82%ac%20rates.pdf", "€ rates.pdf"],
  ["attachment; filename*=iso-8859-1'en'%A3%20rates.pdf", "£ rates.pdf"],
  ["attachment; filename*=%C3%BC.pdf", "ü.pdf"],
  ["attachment; filename*=%FC.pdf", "ü.pdf"],
  ["attachment; filename*=UTF-8''100%.pdf", "100%.pdf"],
  ["attachment; filename=plain.pdf; filename*=UTF-8''%C3%BC.pdf", "ü.pdf"],
  ['attachment; filename*0="first "; filename*1=second.pdf', "first second.pdf"],
  ["attachment; filename*1*=%20two; filename*0*=utf-8''%C3%BCne; filename*2=.csv", "üne two.csv"],
  ["attachment; filename*0*=utf-8''%C3; filename*1*=%BC.csv", "ü.csv"],
  ["attachment; filename*0*=gb2312''%C4%E3; filename*1*=%BA%C3.txt", "你好.txt"],
  ['attachment; filename="=?utf-8?B?w7wucGRm?="', "ü.pdf"],
  ["attachment; filename==?utf-8?Q?=C3=BC.pdf?=", "ü.pdf"],
  ['attachment; filename*0="=?utf-8?Q?=C3=BC"; filename*1=".pdf?="', "ü.pdf"],
  // Decoded once: what an extended value contains is its text.
  ["attachment; filename*=utf-8''a%3D%3Futf-8%3FQ%3Fx%3F%3D.exe", "a=?utf-8?Q?x?=.exe"],
  ["attachment; filename=one.pdf; filename=two.pdf", "one.pdf"],
  ["attachment", null],
  ["attachment; filename=", null],
])("%s", (value, filename) => {
  expect(getFilename(readStructured(value), readStructured(null))).toBe(filename);
});

test("the type's name counts where the disposition has none", () => {
  const type = readStructured('application/PDF; name="=?iso-8859-1?Q?=FC.pdf?="; x-other');
  expect(type.value).toBe("application/pdf");
  expect(type.params).toMatchObject({ name: "ü.pdf", "x-other": "" });
  expect(getFilename(readStructured("inline"), type)).toBe("ü.pdf");
  expect(getFilename(readStructured("inline; filename=other.pdf"), type)).toBe("other.pdf");
});

test("names that objects have are names; values made to be read again and again end", () => {
  expect(readStructured("a/b; __proto__=x; constructor=y").params).toMatchObject({ constructor: "y" });
  for (const value of [
    `a/b; ${" (".repeat(100_000)}`,
    `a; b=${'" "'.repeat(100_000)}`,
    `a; ${"x*0=1;".repeat(50_000)}`,
  ]) {
    expect(readStructured(value).value).not.toBe("");
  }
});
