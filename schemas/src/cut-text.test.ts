import { expect, test } from "vitest";
import { cutText } from "./cut-text.ts";

/** L27: no emoji, flag or accent is torn, at whatever place the limit falls. */
test.each([
  ["plain", "abcdefgh"],
  ["emoji", "x😀😀😀😀"],
  ["a family", `ab👨‍👩‍👧‍👦👨‍👩‍👧‍👦`],
  ["flags", "🇩🇪🇫🇷🇩🇰🇯🇵"],
  ["combining marks", "n\u0303n\u0303n\u0303n\u0303"],
  ["half a pair", "a\ud83db\ude00c\ud83d"],
  ["a letter with a thousand accents", `ab${"\u0301".repeat(1_000)}c😀`],
])("%s: cut at every limit it is well-formed, a beginning of the text, and no longer than the limit", (_, text) => {
  const sound = text.toWellFormed();
  for (let limit = 0; limit <= text.length + 1; limit += 1) {
    const cut = cutText(text, limit);
    expect(cut.isWellFormed()).toBe(true);
    expect(cut.length).toBeLessThanOrEqual(limit);
    expect(sound.startsWith(cut)).toBe(true);
    if (limit >= text.length) expect(cut).toBe(sound);
  }
});

test("characters stay whole, short of hostile ones", () => {
  expect(cutText("x😀😀", 4)).toBe("x😀");
  expect(cutText("ab👨‍👩‍👧‍👦", 8)).toBe("ab");
  expect(cutText("🇩🇪🇫🇷", 6)).toBe("🇩🇪");
  expect(cutText(`a${"\u0301".repeat(1_000)}`, 500)).toHaveLength(500);
  expect(cutText("😀".repeat(1_000_000), 65_535)).toHaveLength(65_534);
});
