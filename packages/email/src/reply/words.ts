import answersBelow from "./words/answers-below.json" with { type: "json" };
import closings from "./words/closings.json" with { type: "json" };
import separators from "./words/separators.json" with { type: "json" };
import greetings from "./words/greetings.json" with { type: "json" };
import headerLabels from "./words/header-labels.json" with { type: "json" };
import mobileSignatures from "./words/mobile-signatures.json" with { type: "json" };
import replyAbove from "./words/reply-above.json" with { type: "json" };

/** What people and mail programs write around replies, gathered by language (BCP 47). Everything in lower case. */
type ByLanguage = Readonly<Record<string, readonly string[]>>;

/** Words that close a letter, without punctuation. */
export const CLOSINGS: ByLanguage = closings;
/** Titles of the line above a quoted or forwarded message: `Original Message`. */
export const SEPARATORS: ByLanguage = separators;
/**
 * Lines that a mail program appends by itself, links taken off; `*` stands for up to 60 characters, `?` for one word:
 * `sent from my *`.
 */
export const MOBILE_SIGNATURES: ByLanguage = mobileSignatures;
/** Words that open a letter. A text that is only a greeting has its answer further down. */
export const GREETINGS: readonly string[] = greetings;
/** Words by which people say that they answer further down. */
export const ANSWERS_BELOW: readonly string[] = answersBelow;
/** What help desks ask to write above: below it is what they sent. */
export const REPLY_ABOVE: readonly string[] = replyAbove;

export type Role = "from" | "date" | "to" | "cc" | "subject" | "other";
/** The labels of the header block that Outlook and others put above a quoted message. */
export const HEADER_LABELS: Readonly<Record<string, Partial<Readonly<Record<Role, readonly string[]>>>>> = headerLabels;
