import type { ContactVia } from "@inlet/schemas";

/** Kinds of From behind which somebody else writes. */
export type BehindFrom = Exclude<ContactVia, "from">;

/** What a tenant wants of each kind (docs/guides/matching.md). */
export interface ContactRules {
  /** `original`: the person behind; `from`: who is in From. */
  readonly contactFrom: Readonly<Record<BehindFrom, "from" | "original">>;
  /** Names of mailboxes whose forms name the person in lines of the body. */
  readonly formInBody: readonly string[];
}

export const DEFAULT_CONTACT_RULES: ContactRules = {
  contactFrom: { list: "original", group: "original", form: "original", forwarder: "original", colleague: "original" },
  formInBody: [],
};
