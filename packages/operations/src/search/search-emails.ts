import { hashAddress, hashWords, nameSearchKey } from "@inlet/domain";
import { recognizeSearch, type DeliveryView, type Ledger } from "@inlet/ledger";

/** Whose mail is looked at; null for every tenant. */
export interface SearchScope {
  /** Of ids. */
  readonly tenants: readonly string[] | null;
  /** Of addresses and subjects, which tell who wrote and what. */
  readonly contentTenants: readonly string[] | null;
}

export interface SearchDeps {
  readonly search: Pick<Ledger["search"], "byId" | "byTerms" | "since" | "tenants">;
  /** Null: emails are found by ids alone. */
  readonly searchKey: string | null;
}

/** How the words of a search were looked for. */
export interface WordSearch {
  readonly kind: "address" | "subject";
  /** `no key`: nothing is indexed; `role`: the viewer may not; `no words`: none that an index has. */
  readonly state: "searched" | "no key" | "role" | "no words";
  /** Since when emails are found so, epoch ms; null: none is yet. */
  readonly since: number | null;
}

export interface SearchResult {
  /** What the text looks like, in words. */
  readonly looksLike: string;
  /** Null: it was found by an id, or cannot be words. */
  readonly words: WordSearch | null;
  /** The newest first, at most 100. */
  readonly found: readonly DeliveryView[];
}

/** Emails by whatever an operator has of them: ids first, and where none is known, address or words of the subject. */
export async function searchEmails(
  { search, searchKey }: SearchDeps,
  text: string,
  { tenants, contentTenants }: SearchScope,
): Promise<SearchResult> {
  const { looksLike, ids, words } = recognizeSearch(text);
  const found = await search.byId(ids, tenants);
  if (found.length > 0 || words === null) return { looksLike, words: null, found };
  const { kind } = words;
  const since = searchKey === null ? null : await search.since(nameSearchKey(searchKey));
  if (contentTenants !== null && contentTenants.length === 0)
    return { looksLike, words: { kind, state: "role", since }, found };
  if (searchKey === null) return { looksLike, words: { kind, state: "no key", since }, found };
  const hash = (tenant: string): string[] =>
    kind === "address"
      ? [hashAddress(searchKey, tenant, words.text)].filter((each) => each !== null)
      : hashWords(searchKey, tenant, words.text);
  if (hash("").length === 0) return { looksLike, words: { kind, state: "no words", since }, found };
  const asked = contentTenants ?? (await search.tenants());
  const questions = asked.map((tenant) => ({ tenant, hashes: hash(tenant) }));
  return { looksLike, words: { kind, state: "searched", since }, found: await search.byTerms(questions) };
}

/** What was looked at, and since when, for a person. */
export function describeSearch({ looksLike, words }: Pick<SearchResult, "looksLike" | "words">): string {
  const ids = `Looked like ${looksLike}; ids are known since the ledger's first row.`;
  if (words === null) return ids;
  const what = words.kind === "address" ? "addresses" : "words of subjects";
  if (words.state === "no words") return `${ids} It has no word that a subject is found by.`;
  if (words.state === "role") return `${ids} To search ${what} takes the role view.`;
  if (words.state === "no key" || words.since === null)
    return `${ids} By ${what} no email is found here: no SEARCH_KEY is set, or no email came since.`;
  return `${ids} By ${what}, emails parsed since ${new Date(words.since).toISOString()} are found.`;
}
