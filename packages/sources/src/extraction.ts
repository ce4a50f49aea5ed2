import type { ParseFault, ParseResult } from "@inlet/email";
import type { Envelope } from "@inlet/schemas";
import type { ParsedBody, ProviderMetadata } from "./kind.ts";

/** A provider that says nothing besides the email. */
export const NO_METADATA: ProviderMetadata = {
  envelope: null,
  auth: {},
  spamVerdict: null,
  spamScore: null,
  infected: false,
  warnings: [],
};

/** The provider's metadata beats the email's own headers, which anybody can write. */
export function withMetadata(result: ParseResult, metadata: ProviderMetadata): ParsedBody {
  if (!result.ok) return { kind: "fault", fault: result.fault };
  const { email } = result;
  return {
    kind: "email",
    email: {
      ...email,
      envelope: metadata.envelope ?? email.envelope,
      auth: { ...email.auth, ...metadata.auth },
      spamVerdict: metadata.spamVerdict ?? email.spamVerdict,
      spamScore: metadata.spamScore ?? email.spamScore,
      attachments: metadata.infected
        ? email.attachments.map((file) => ({ ...file, verdict: "infected" }))
        : email.attachments,
      warnings: [...new Set([...email.warnings, ...metadata.warnings])],
    },
  };
}

export function unreadable(code: ParseFault["code"], message: string): ParsedBody {
  return { kind: "fault", fault: { code, message } };
}

/** The SMTP envelope as a provider tells it; null when it tells neither side. */
export function buildEnvelope(from: unknown, to: readonly unknown[]): Envelope | null {
  const sender = bareAddress(from);
  const recipients = [...new Set(to.map(bareAddress).filter((address) => address !== null))];
  return sender === null && recipients.length === 0 ? null : { from: sender, to: recipients };
}

/** `a@b.c` of `<a@b.c>`; null when there is no `@`. */
function bareAddress(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const bare = value.trim().replace(/^<(.*)>$/s, "$1");
  return /^\S{0,512}@\S{1,512}$/.test(bare) ? bare : null;
}

const RESULTS: Readonly<Record<string, string>> = {
  pass: "pass",
  fail: "fail",
  softfail: "softfail",
  neutral: "neutral",
  none: "none",
  temperror: "temperror",
  permerror: "permerror",
  error: "temperror",
  // Amazon SES: receiving-email-notifications-contents
  gray: "neutral",
  processing_failed: "temperror",
};

/** A provider's metadata for a result as RFC 8601 spells it; undefined for one that is not known. */
export function authResult(value: unknown): string | undefined {
  return typeof value === "string" ? RESULTS[value.trim().toLowerCase()] : undefined;
}

/** Only what was told: `undefined` would hide what the email's own headers say. */
export function told(auth: Readonly<Record<"spf" | "dkim" | "dmarc", string | undefined>>): ProviderMetadata["auth"] {
  return Object.fromEntries(Object.entries(auth).filter(([, result]) => result !== undefined));
}
