import type { IntentModel } from "./intent-model.ts";
import type { IntentWords } from "./rule.ts";
import { findWords, searchedTexts, wordSearch } from "./word-search.ts";

/** The tenant's intents by its own keywords and patterns (`intents:` in its file). */
export function wordIntents(intents: readonly IntentWords[]): IntentModel {
  const searches = new Map(intents.map(({ name, keywords, patterns }) => [name, wordSearch(keywords, patterns)]));
  return {
    findIntents: async (email, asked) => {
      const texts = searchedTexts(email);
      return asked.flatMap((intent) => {
        const search = searches.get(intent);
        const words = search === undefined ? [] : findWords(search, texts);
        return words.length === 0 ? [] : [{ intent, words }];
      });
    },
  };
}
