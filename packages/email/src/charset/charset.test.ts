import { expect, test } from "vitest";
import { decodeBytes, decodeDeclared, decodeRawHeader } from "./charset.ts";
import { findCharset } from "./charset-names.ts";

/** Bytes made with other encoders (CPython's codecs), so that no table is tested by itself. */
test.each([
  ["iso-2022-jp", "GyRCOCtAUSRiJGokSyREJCQkRhsoQg==", "見積もりについて"],
  ["csISO2022JP", "GyhJMTIzGyhCIBskQkg+M1EbKEI=", "ｱｲｳ 半角"],
  ["iso-2022-jp-1", "GyQoRDAhGyRCNEE7ehsoQg==", "丂漢字"],
  ["iso-2022-jp-2", "GyRCRnxLXDhsGyhCIBskKENHUTE5Pm4bKEIgGyRCQ2Y5cRsoQg==", "日本語 한국어 中国"],
  ["iso-2022-kr", "GyQpQw4wX0B7DyAOOS5ARw8=", "견적 문의"],
  ["iso-2022-cn", "GyQpQQ45WFNaDw==", "关于"],
  ["hz-gb-2312", "fns5WFNafn1+fn57MSg8W359", "关于~报价"],
  ["gb2312", "6lDstojzg3I=", "關於報價"],
  ["gb18030", "lTKCNiC82w==", "𠀀 价"],
  ["big5-hkscs", "w/ap85Tc", "關於啫"],
  ["ks_c_5601-1987", "jGO55rCix88=", "똠방각하"],
  ["x-sjis", "h0Du4Iu0", "①髙橋"],
  ["euc-jp", "uKvA0Q==", "見積"],
  ["koi8-u", "8NLJ16bUIL0=", "Привіт Ґ"],
  ["iso-8859-8-i", "+ezl7Q==", "שלום"],
  ["windows-874", "ysfRyrTV", "สวัสดี"],
  ["tis-620", "ysfRyrTV", "สวัสดี"],
  ["macintosh", "R3Kfp2U=", "Grüße"],
  ["x-mac-cyrillic", "j/Do4uXy", "Привет"],
  ["x-mac-greek", "oeXpwA==", "Γειά"],
  ["x-mac-turkish", "293f", "ğış"],
  ["x-mac-ce", "62x16Q==", "Žluť"],
  ["cp-850", "R3KB4WU=", "Grüße"],
  ["IBM437", "R3KB4WU=", "Grüße"],
  ["cp852", "pmx1nA==", "Žluť"],
  ["ibm866", "j+CooqXi", "Привет"],
  ["utf-7", "R3IrQVB3QTN3LWUgJiArSUt3LQ==", "Grüße & €"],
  ["unicode-1-1-utf-7", "K2lZdDZUUS0=", "見積"],
  ["utf-16", "//5HAHIA/ADfAGUA", "Grüße"],
  ["iso-8859-15", "pHVybw==", "€uro"],
  ["latin9", "vXV2cmU=", "œuvre"],
  ["iso-8859-1", "gCCT6ZQ=", "€ “é”"],
  ["iso-8859-6", "08TH5A==", "سؤال"],
  ["iso-8859-7", "xfH+9Ofz5w==", "Ερώτηση"],
  ["iso-8859-16", "uv7j7g==", "șțăî"],
  ["windows-1257", "4Ojm6w==", "ąčęė"],
  ["windows-1258", "8OLMbmc=", "đầng"],
  ["viscii", "Y+Fp", "cái"],
  ["rk1048", "jeDn4J0=", "Қазақ"],
  ["koi8-t", "9M+Nycul", "Тоҷикӣ"],
  ["cp65001", "w6k=", "é"],
  ["ansi_x3.110-1983", "Q2Fm6Q==", "Café"],
])("%s", (label, base64, text) => {
  expect(decodeDeclared(Buffer.from(base64, "base64"), label).text).toBe(text);
});

test("names in any spelling; what names no charset is not one", () => {
  for (const name of ["GB_2312-80", "gbk", "windows-936", "x-gbk", "chinese"]) {
    expect(findCharset(name), name).toEqual({ kind: "table", name: "gb18030" });
  }
  for (const name of ["latin1", "ISO_8859-1:1987", "8859_1", "cp819", "'iso-8859-1'", "windows-1252", "ansi"]) {
    expect(findCharset(name), name).toEqual({ kind: "table", name: "windows1252" });
  }
  for (const name of ["utf8", "UTF_8", "unicode-1-1-utf-8", "cp65001", "utf-8*de"]) {
    expect(findCharset(name), name).toEqual({ kind: "utf8" });
  }
  for (const name of ["", "us-ascii", "unknown-8bit", "x-user-defined", "7bit", "ANSI_X3.4-1968"]) {
    expect(findCharset(name), name).toEqual({ kind: "guess" });
  }
  for (const name of ["base64", "hex", "__proto__", "constructor", "x-unheard-of", "text/plain"]) {
    expect(findCharset(name), name).toBeNull();
  }
});

test("declared wrongly: what the bytes are counts", () => {
  const latin = Buffer.from("Grüße aus Köln", "latin1");
  const utf8 = Buffer.from("Grüße aus Köln");
  expect(decodeBytes(latin, "utf-8")).toEqual({ text: "Grüße aus Köln", guessed: true });
  expect(decodeBytes(utf8, "iso-8859-1")).toEqual({ text: "Grüße aus Köln", guessed: true });
  expect(decodeBytes(utf8, "gb2312").text).toBe("Grüße aus Köln");
  expect(decodeBytes(Buffer.from("Grüße aus €").subarray(0, -1), "utf-8").text).toBe("Grüße aus \u{FFFD}");
  // Encoded words are made by the software that writes the label: those are trusted.
  expect(decodeDeclared(utf8, "iso-8859-1").text).toBe("GrÃ¼ÃŸe aus KÃ¶ln");
  // Mojibake that was sent as such stays: what it was cannot be known.
  expect(decodeBytes(Buffer.from("GrÃ¼ÃŸe"), "utf-8")).toEqual({ text: "GrÃ¼ÃŸe", guessed: false });
  expect(decodeBytes(Buffer.from("\u001B$B8+@Q\u001B(B", "latin1"), "us-ascii").text).toBe("見積");
  expect(decodeBytes(Buffer.from([0x8c, 0xa9, 0x90, 0xcf]), "iso-2022-jp").text).toBe("見積");
});

test("undeclared: byte order marks, UTF-8, letters of another script, else windows-1252", () => {
  expect(decodeBytes(Buffer.from("\uFEFFGrüße"), null).text).toBe("Grüße");
  expect(decodeBytes(Buffer.from("\uFEFFGrüße", "utf16le"), null).text).toBe("Grüße");
  expect(decodeBytes(Buffer.from("8NLJ18XULCDXz9DSz9Mg0M8g097F1NUg2sEgzcHS1A==", "base64"), null)).toEqual({
    text: "Привет, вопрос по счету за март",
    guessed: true,
  });
  expect(decodeBytes(Buffer.from("udjT2rGovNu1xM7KzOI=", "base64"), null).text).toBe("关于报价的问题");
  expect(decodeBytes(Buffer.from("É à vous, Zoé, ça été", "latin1"), null).text).toBe("É à vous, Zoé, ça été");
});

test("raw headers: UTF-8 where it is, else the charset of the mail; two-byte pairs do not prove UTF-8 against CJK", () => {
  expect(decodeRawHeader(Buffer.from("Grüße"), "iso-8859-1")).toBe("Grüße");
  expect(decodeRawHeader(Buffer.from("xKPB", "base64"), "gb2312")).toBe("模\u{FFFD}");
  expect(decodeRawHeader(Buffer.from("8NLJ18XU", "base64"), "koi8-r")).toBe("Привет");
  expect(decodeRawHeader(Buffer.from("caf\xe9", "latin1"), null)).toBe("café");
});
