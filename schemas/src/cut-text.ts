const GRAPHEMES = new Intl.Segmenter("en", { granularity: "grapheme" });

/** A whole character that is longer than this is cut between its code points: hostile mail has letters with a thousand accents. */
const LONGEST_CHARACTER = 200;

/**
 * At most `limit` UTF-16 units of a text, cut between whole characters as people see them, and well-formed: half a surrogate pair becomes
 * U+FFFD. CRMs refuse what databases cannot hold.
 */
export function cutText(text: string, limit: number): string {
  if (limit <= 0) return "";
  // The half of a pair that a cut elsewhere left behind must not hide what stands at the limit.
  const whole = text.length > limit + LONGEST_CHARACTER ? text.slice(0, limit + LONGEST_CHARACTER) : text;
  const sound = whole.toWellFormed();
  if (text.length <= limit) return sound;
  const from = wholeFrom(sound, Math.max(0, limit - LONGEST_CHARACTER));
  const character = GRAPHEMES.segment(sound.slice(from)).containing(limit - from);
  const at = from + (character?.index ?? limit - from);
  // The limit is inside of a pair where the character at it begins too far ahead to be seen whole.
  return sound.slice(0, at > from || from === 0 ? at : wholeFrom(sound, limit) === limit ? limit : limit - 1);
}

/** The index itself, or the one behind it where it is in the middle of a pair. */
function wholeFrom(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code >= 0xdc00 && code <= 0xdfff ? index + 1 : index;
}
