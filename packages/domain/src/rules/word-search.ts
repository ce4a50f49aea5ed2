import { findKeyword, keywordProblem } from "./find-keyword.ts";
import { readPattern, type Pattern } from "./pattern.ts";
import { foldedKeyword, searchedText, type SearchedText } from "./searched-text.ts";

/** Words of the email that met a keyword or a pattern. */
export interface WordEvidence {
  readonly where: "subject" | "text";
  /** The keyword or pattern of the tenant's file. */
  readonly asked: string;
  /** As the email has them, at most 80 characters. */
  readonly found: string;
}

/** Keywords and patterns ready to search with. */
export interface WordSearch {
  readonly keywords: readonly { readonly asked: string; readonly folded: string }[];
  readonly patterns: readonly { readonly asked: string; readonly pattern: Pattern }[];
}

const MOST_SHOWN = 80;

/** Throws on what `wordProblems` would have found. */
export function wordSearch(keywords: readonly string[], patterns: readonly string[]): WordSearch {
  return {
    keywords: keywords.map((asked) => ({ asked, folded: foldedKeyword(asked) })),
    patterns: patterns.map((asked) => {
      const reading = readPattern(asked);
      if (!reading.ok) throw new TypeError(`a pattern ${reading.problem}`);
      return { asked, pattern: reading.pattern };
    }),
  };
}

/** What is wrong with a keyword, following the name of its field; null when nothing is. */
export function readKeyword(keyword: string): string | null {
  return keywordProblem(foldedKeyword(keyword));
}

export function searchedTexts(email: {
  readonly subject: string | null;
  readonly replyText: string | null;
}): SearchedText[] {
  return [searchedText("subject", email.subject), searchedText("text", email.replyText)];
}

/** Every keyword and pattern that is met, each with its first place. */
export function findWords(search: WordSearch, texts: readonly SearchedText[]): WordEvidence[] {
  const evidence: WordEvidence[] = [];
  const meet = (asked: string, find: (text: SearchedText) => string | null): void => {
    for (const text of texts) {
      const found = find(text);
      if (found === null) continue;
      evidence.push({ where: text.where, asked, found: found.slice(0, MOST_SHOWN).toWellFormed() });
      return;
    }
  };
  for (const { asked, folded } of search.keywords) meet(asked, (text) => findKeyword(text, folded));
  for (const { asked, pattern } of search.patterns) meet(asked, ({ text }) => pattern.find(text));
  return evidence;
}
