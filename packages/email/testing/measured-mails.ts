import { normalize } from "../src/normalize.ts";
import { parseMime } from "../src/parse-mime.ts";
import { classificationTable, measure } from "./labelled-mail.ts";
import type { Judged, LabelledMail } from "./labelled-mail.ts";
import { ownTenant } from "./own-tenant.ts";

const ADDRESS = /^From:.*?([^\s<>"]+@[^\s<>"]+)/im;

/** What was found of one mail. */
export interface Found extends Judged {
  /** Whether the new words are those expected; null where they are not judged. */
  readonly reply: boolean | null;
  /** Whether the contact is who writes; null for what no person writes. */
  readonly contact: boolean | null;
}

/** Shares of 1, two digits; per kind, and of all people's mails. */
export interface Figures {
  readonly kinds: Readonly<Record<string, { readonly precision: number; readonly recall: number }>>;
  readonly replyTextExact: number;
  readonly contactCorrect: number;
  /** People's mails that were taken for a program's. */
  readonly suppressedHumans: number;
}

/** A labelled mail, with what a program's template knows of it beyond its kind. */
export type MeasuredMail = LabelledMail & {
  readonly deceives?: boolean;
  readonly reply?: string;
  readonly contact?: string;
};

/** Reads every mail and judges it. */
export async function judgeAll(mails: readonly MeasuredMail[]): Promise<Found[]> {
  return await Promise.all(
    mails.map(async (mail) => {
      const result = await parseMime(Buffer.from(mail.message.replaceAll("\n", "\r\n"), "utf8"));
      if (!result.ok) return { ...mail, found: result.fault.code, reply: false, contact: false };
      const event = normalize(result.email, ownTenant());
      const human = mail.label === "human" && "deceives" in mail;
      const wanted = mail.contact ?? ADDRESS.exec(mail.message)?.[1];
      return {
        ...mail,
        found: result.email.classification.kind,
        reply: mail.reply === undefined ? null : result.email.replyText === mail.reply,
        contact: human ? (event.contact?.email ?? event.from?.email) === wanted : null,
      };
    }),
  );
}

export function countFigures(judged: readonly Found[]): Figures {
  const kinds = Object.fromEntries(
    measure(judged)
      .toSorted((one, other) => (one.label < other.label ? -1 : 1))
      .map(({ label, precision, recall }) => [label, { precision, recall }]),
  );
  return {
    kinds,
    replyTextExact: share(judged.map(({ reply }) => reply)),
    contactCorrect: share(judged.map(({ contact }) => contact)),
    suppressedHumans: judged.filter(({ label, found }) => label === "human" && found !== "human").length,
  };
}

/** The table of the README: figures per kind, then those of people's words and names, as they were written down last. */
export function measuredTable(judged: readonly Found[], written: Figures = countFigures(judged)): string[] {
  const { replyTextExact, contactCorrect, suppressedHumans } = written;
  const count = (values: readonly (boolean | null)[]): number => values.filter((value) => value !== null).length;
  return [
    ...classificationTable(judged),
    "",
    `Reply text exact: ${replyTextExact.toFixed(2)} of ${count(judged.map(({ reply }) => reply))}.`,
    `Contact correct: ${contactCorrect.toFixed(2)} of ${count(judged.map(({ contact }) => contact))}.`,
    `People taken for programs: ${suppressedHumans}.`,
  ];
}

function share(values: readonly (boolean | null)[]): number {
  const judged = values.filter((value) => value !== null);
  // Rounded down: a hundredth that is not reached is not shown.
  return judged.length === 0 ? 0 : Math.floor((judged.filter(Boolean).length / judged.length) * 100) / 100;
}
