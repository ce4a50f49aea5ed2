/** What people and programs write in one language; see test/emails/labelled/languages.yaml. */
export interface Language {
  readonly code: string;
  readonly name: string;
  readonly subject: string;
  readonly words: string;
  readonly absence: string;
  readonly intro: string;
  readonly labels: readonly [from: string, sent: string, to: string, subject: string];
  readonly old: string;
  readonly phone: string;
  readonly oof: string;
  readonly away: string;
  readonly ndr: string;
  readonly failed: string;
  readonly ticket: string;
  readonly read: string;
  readonly accepted: string;
  readonly news: string;
}

/** A mail as a program writes it, and what is right about it. */
export interface Written {
  readonly label: string;
  /** The program and the language. */
  readonly title: string;
  readonly message: string;
  /** A person's mail that looks automatic, or a program's that looks like a person's. */
  readonly deceives: boolean;
  /** The new words, where they are judged. */
  readonly reply?: string;
  /** Who writes; the address in From where it is not given. */
  readonly contact?: string;
}

/** What a program makes of a language; `number` tells apart the mails of one program. */
export type Program = (language: Language, number: number) => Omit<Written, "title">;

/** Fields and a body of one message; values with other letters than ASCII become encoded words. */
export function mail(fields: Readonly<Record<string, string>>, body: string): string {
  const header = Object.entries(fields).map(
    ([name, value]) => `${name}: ${/^[ -~]*$/.test(value) ? value : encoded(value)}`,
  );
  return `${header.join("\n")}\nMIME-Version: 1.0\n${"Content-Type" in fields ? "" : "Content-Type: text/plain; charset=utf-8\n"}\n${body}\n`;
}

/** A name with its address. */
export function person(name: string, email: string): string {
  return `${/^[ -~]*$/.test(name) ? name : encoded(name)} <${email}>`;
}

/** RFC 2047: words of a few characters each, so that none is cut. */
function encoded(text: string): string {
  if (text.startsWith("=?")) return text;
  const pieces = text.match(/.{1,15}/gsu) ?? [];
  return pieces.map((piece) => `=?utf-8?B?${Buffer.from(piece).toString("base64")}?=`).join(" ");
}

/** Parts of a multipart below one boundary. */
export function multipart(parts: readonly (readonly [type: string, body: string])[]): string {
  return `${parts.map(([type, body]) => `--=_b\nContent-Type: ${type}\n\n${body}\n`).join("")}--=_b--`;
}
