import { firstValue } from "../headers/header-fields.ts";
import type { Field } from "../headers/header-fields.ts";

export interface SpamWord {
  /** `spam`, `ham`, or null where no filter said anything. */
  readonly spamVerdict: string | null;
  /** On the scale of the filter that gave it; scales differ. */
  readonly spamScore: number | null;
}

/**
 * What a spam filter wrote into the header, as one verdict (UN6): rspamd, Microsoft (SCL, 0 to 9, spam from 5), Barracuda, SpamAssassin and
 * its kind, Mailgun. The first filter of this list that says something counts. Any sender can write such fields too: a gateway of one's own
 * has to remove them, so without one this is advice; a provider's own word beats it.
 */
export function readSpam(fields: readonly Field[]): SpamWord {
  for (const read of [rspamd, microsoft, barracuda, mailgun, spamAssassin]) {
    const word = read(fields);
    if (word.spamVerdict !== null || word.spamScore !== null) return word;
  }
  return { spamVerdict: null, spamScore: null };
}

/** `X-Spamd-Result: default: True [15.20 / 15.00]; …`, `X-Rspamd-Score`, `X-Rspamd-Action` (rspamd, milter_headers). */
function rspamd(fields: readonly Field[]): SpamWord {
  const result = /^\s*\S{1,40}:\s*(true|false)\s*\[(-?\d{1,4}(?:\.\d{1,4})?)\s*\//i.exec(
    firstValue(fields, "X-Spamd-Result") ?? "",
  );
  const action =
    firstValue(fields, "X-Rspamd-Action")?.toLowerCase() ?? firstValue(fields, "X-Spam-Action")?.toLowerCase() ?? null;
  const score = parseNumber(result?.[2] ?? firstValue(fields, "X-Rspamd-Score"));
  const flagged =
    result?.[1]?.toLowerCase() === "true" ||
    action === "reject" ||
    action === "add header" ||
    action === "rewrite subject";
  const cleared = result?.[1]?.toLowerCase() === "false" || action === "no action" || action === "greylist";
  return { spamVerdict: flagged ? "spam" : cleared ? "ham" : null, spamScore: score };
}

/** Spam confidence level: -1 skipped, 0 and 1 no spam, 5 and 6 spam, 9 certain (learn.microsoft.com: spam confidence level). */
function microsoft(fields: readonly Field[]): SpamWord {
  const report = /(?:^|;)\s*SCL:(-?\d)\b/i.exec(firstValue(fields, "X-Forefront-Antispam-Report") ?? "")?.[1];
  const scl = parseNumber(report ?? firstValue(fields, "X-MS-Exchange-Organization-SCL"));
  if (scl === null || scl < -1 || scl > 9) return { spamVerdict: null, spamScore: null };
  return { spamVerdict: scl >= 5 ? "spam" : "ham", spamScore: scl };
}

/** `X-Barracuda-Spam-Status: Yes, SCORE=5.10 …`. */
function barracuda(fields: readonly Field[]): SpamWord {
  const status = firstValue(fields, "X-Barracuda-Spam-Status");
  const score = parseNumber(firstValue(fields, "X-Barracuda-Spam-Score") ?? scoreIn(status));
  return { spamVerdict: yesOrNo(firstValue(fields, "X-Barracuda-Spam-Flag") ?? status), spamScore: score };
}

function mailgun(fields: readonly Field[]): SpamWord {
  return {
    spamVerdict: yesOrNo(firstValue(fields, "X-Mailgun-Sflag")),
    spamScore: parseNumber(firstValue(fields, "X-Mailgun-Sscore")),
  };
}

/** `X-Spam-Status: No, score=-1.9 required=5.0 …`, `X-Spam-Flag`, `X-Spam-Score`; rspamd's and other filters' `X-Spam`. */
function spamAssassin(fields: readonly Field[]): SpamWord {
  const status = firstValue(fields, "X-Spam-Status");
  const flag = firstValue(fields, "X-Spam-Flag") ?? status ?? firstValue(fields, "X-Spam");
  return { spamVerdict: yesOrNo(flag), spamScore: parseNumber(scoreIn(status) ?? firstValue(fields, "X-Spam-Score")) };
}

function yesOrNo(value: string | null): string | null {
  const word = /^\s*(yes|no|true|false)\b/i.exec(value ?? "")?.[1]?.toLowerCase();
  return word === undefined ? null : word === "yes" || word === "true" ? "spam" : "ham";
}

function scoreIn(status: string | null): string | null {
  return /\bscore=(-?\d{1,6}(?:\.\d{1,6})?)/i.exec(status ?? "")?.[1] ?? null;
}

function parseNumber(text: string | null | undefined): number | null {
  const found = /^\s*(-?\d{1,6}(?:\.\d{1,6})?)/.exec(text ?? "")?.[1];
  return found === undefined ? null : Number(found);
}
