import { withoutLabels, withoutPrefixes } from "@inlet/schemas";
import type { Mailbox } from "@inlet/schemas";
import { firstValue, rawValues } from "../headers/header-fields.ts";
import type { Field } from "../headers/header-fields.ts";

/** What the rules look at; nothing else decides. */
export interface Evidence {
  readonly fields: readonly Field[];
  readonly from: Mailbox | null;
  readonly replyTo: readonly Mailbox[];
  readonly to: readonly Mailbox[];
  readonly subject: string | null;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  /** The whole text; null when there is none. */
  readonly text: string | null;
  /** The new words of it (`replyText`); null when there are none. */
  readonly words: string | null;
  readonly parts: readonly {
    readonly contentType: string;
    readonly contentDisposition?: string | null;
    readonly bytes: Uint8Array | null;
  }[];
}

export type AutomatedKind =
  | "auto_reply"
  | "out_of_office"
  | "bounce"
  | "delay"
  | "receipt"
  | "complaint"
  | "challenge"
  | "calendar"
  | "newsletter"
  | "mailing_list"
  | "no_reply";

export interface Classification {
  kind: "human" | AutomatedKind;
  reasons: string[];
}

/** Longest subject that is looked at, characters: expressions must not meet endless text. */
const SUBJECT_CHARS = 500;

/** The subject as a program wrote it: without the labels that gateways put before it. */
export function getSubject(mail: Evidence): string {
  return withoutLabels((mail.subject ?? "").slice(0, SUBJECT_CHARS));
}

/** The first words of the text, spaces folded: notices say what they are at once. */
export function opening(mail: Evidence, characters: number): string {
  return folded(mail.text ?? "", characters);
}

/** The first characters of a text, runs of white space as one space. */
export function folded(text: string, characters: number): string {
  return text
    .slice(0, characters * 2)
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, characters);
}

/** Whether the writer's own words ask something: programs' notices do not. */
export function asks(mail: Evidence): boolean {
  return /[?？؟\u037E]/.test((mail.words ?? mail.text ?? "").slice(0, 2_000));
}

/** `Re:`, `Fwd:` and their like before the subject, labels aside. */
export function isAnswerOrForward(mail: Evidence): boolean {
  const subject = (mail.subject ?? "").slice(0, SUBJECT_CHARS);
  return withoutLabels(subject) !== withoutPrefixes(subject);
}

export function has(mail: Evidence, name: string): boolean {
  return firstValue(mail.fields, name) !== null;
}

/** MAIL FROM:<>, as the last server wrote it down. */
export function hasNullReturnPath(mail: Evidence): boolean {
  return rawValues(mail.fields, "Return-Path").some((value) => value.replace(/\s/g, "") === "<>");
}
