import type { Mailbox } from "@inlet/schemas";
import { firstValue, rawValues } from "../header-fields.ts";
import type { Field } from "../header-fields.ts";

/** What the rules look at; nothing else decides. */
export interface Evidence {
  readonly fields: readonly Field[];
  readonly from: Mailbox | null;
  readonly replyTo: readonly Mailbox[];
  readonly subject: string | null;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  /** The whole text; null when there is none. */
  readonly text: string | null;
  readonly parts: readonly { readonly contentType: string; readonly bytes: Uint8Array | null }[];
}

export type MachineKind =
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
  kind: "human" | MachineKind;
  reasons: string[];
}

/** Longest subject that is looked at, characters: expressions must not meet endless text. */
const SUBJECT_CHARS = 500;

export function subjectOf(mail: Evidence): string {
  return (mail.subject ?? "").slice(0, SUBJECT_CHARS);
}

/** The first words of the text, spaces folded: notices say what they are at once. */
export function opening(mail: Evidence, characters: number): string {
  return (mail.text ?? "")
    .slice(0, characters * 2)
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, characters);
}

export function has(mail: Evidence, name: string): boolean {
  return firstValue(mail.fields, name) !== null;
}

/** MAIL FROM:<>, as the last server wrote it down. */
export function hasNullReturnPath(mail: Evidence): boolean {
  return rawValues(mail.fields, "Return-Path").some((value) => value.replace(/\s/g, "") === "<>");
}
