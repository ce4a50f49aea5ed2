import { answersGoToSomebody, detectAutomatic, detectChallenge, detectNoReply } from "./detect-automatic.ts";
import { detectOutOfOffice } from "./detect-out-of-office.ts";
import { detectBounce, detectComplaint } from "./detect-bounce.ts";
import { has, isAnswerOrForward } from "./evidence.ts";
import type { Classification, Evidence } from "./evidence.ts";
import { detectCalendar, detectList } from "./detect-list.ts";
import { detectReaction, detectRecall, detectReceipt } from "./detect-receipt.ts";
import { detectReport } from "./detect-report.ts";

/**
 * What kind of mail this is (UN8), with a code for each sign that was seen. Suppressing needs proof: a mark that only programs write, or
 * several signs of sender, structure and words that fit together. What ordinary mail has too (`Precedence`, `X-Auto-Response-Suppress`, a null
 * Return-Path, a lone List-Id, `auto-forwarded`, a subject) is told, and decides nothing by itself. The strongest kind wins, in this order:
 * complaint, receipt, bounce and delay; recalls and reactions; challenge; out of office and automatic reply; calendar; newsletter and mailing
 * list; no-reply.
 *
 * `Auto-Submitted: auto-generated` alone is no reply to anybody (RFC 3834 5): an order, an alert, a form. It is `no_reply`,
 * which a tenant writes by default, and people's words where Reply-To names somebody else.
 */
export function classify(mail: Evidence): Classification {
  const report = detectReport(mail) ?? detectComplaint(mail) ?? detectBounce(mail);
  if (report !== null) return report;
  const notice = [...detectRecall(mail), ...detectReaction(mail), ...detectReceipt(mail)];
  if (notice.length > 0) return { kind: "receipt", reasons: notice };
  const challenge = detectChallenge(mail);
  if (challenge.length > 0) return { kind: "challenge", reasons: challenge };

  const signs = detectAutomatic(mail);
  const { certain, weak, answers } = signs;
  const away = detectOutOfOffice(mail, signs);
  if (away !== null) return { kind: "out_of_office", reasons: away };
  const reasons = [...certain, ...weak];
  const onlyGenerated = certain.every((reason) => reason.startsWith("auto_submitted:auto-generated"));
  if (certain.length > 0 && !onlyGenerated) return { kind: "auto_reply", reasons };
  const calendar = detectCalendar(mail);
  if (calendar.length > 0) return { kind: "calendar", reasons: [...calendar, ...reasons] };
  const list = detectList(mail);
  if (list !== null) return { kind: list.kind, reasons: [...new Set([...list.reasons, ...reasons])] };
  const bulk = weak.some((sign) => sign.startsWith("precedence:"));
  if (bulk && (answers || isAnswerOrForward(mail)) && weak.includes("null_return_path"))
    return { kind: "auto_reply", reasons };

  // `Precedence: bulk` beside a second mark is how systems notify; a forwarder's marks without it are people's mail.
  const automatic = certain.length > 0 || (bulk && weak.length >= 2);
  const system = [...detectNoReply(mail), ...(automatic ? reasons : weak)];
  if (automatic || system.includes("from:no_reply")) {
    return answersGoToSomebody(mail)
      ? { kind: "human", reasons: [...new Set([...system, "reply_to:somebody_else"])] }
      : { kind: "no_reply", reasons: [...new Set(system)] };
  }
  return { kind: "human", reasons: [...(has(mail, "List-Id") ? ["list_id"] : []), ...weak] };
}
