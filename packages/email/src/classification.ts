import { answersGoToSomebody, automaticSigns, challengeSigns, noReplySigns } from "./machine/automatic-signs.ts";
import { has } from "./machine/evidence.ts";
import type { Classification, Evidence } from "./machine/evidence.ts";
import { calendarSigns, listSigns } from "./machine/list-signs.ts";
import { reportSigns } from "./machine/report-signs.ts";

/**
 * What kind of mail this is (UN8), with a code for each sign that was seen. Signs are graded: one weak sign (`Precedence`,
 * `X-Auto-Response-Suppress`, a null Return-Path, a lone List-Id) never makes a person's mail machine mail; it is only
 * told. The strongest kind wins, in this order: complaint, receipt, bounce and delay; challenge; automatic reply and
 * out of office; calendar; newsletter and mailing list; no-reply.
 *
 * `Auto-Submitted: auto-generated` alone is no reply to anybody (RFC 3834 5): an order, an alert, a form. It is `no_reply`,
 * which a tenant writes by default, and people's words where Reply-To names somebody else.
 */
export function classify(mail: Evidence): Classification {
  const report = reportSigns(mail);
  if (report !== null) return report;
  const challenge = challengeSigns(mail);
  if (challenge.length > 0) return { kind: "challenge", reasons: challenge };

  const { certain, weak, away, answers } = automaticSigns(mail);
  const reasons = [...certain, ...weak];
  const automatic = certain.length > 0 || weak.length >= 2;
  if (automatic && away) return { kind: "out_of_office", reasons };
  const onlyGenerated = certain.every((reason) => reason.startsWith("auto_submitted:auto-generated"));
  if (certain.length > 0 && !onlyGenerated) return { kind: "auto_reply", reasons };
  const calendar = calendarSigns(mail);
  if (calendar.length > 0) return { kind: "calendar", reasons: [...calendar, ...reasons] };
  const list = listSigns(mail);
  if (list !== null) return { kind: list.kind, reasons: [...new Set([...list.reasons, ...reasons])] };
  if (automatic && answers && weak.includes("null_return_path")) return { kind: "auto_reply", reasons };

  const system = [...noReplySigns(mail), ...(automatic ? reasons : weak)];
  if (automatic || system.includes("from:no_reply")) {
    return answersGoToSomebody(mail)
      ? { kind: "human", reasons: [...new Set([...system, "reply_to:somebody_else"])] }
      : { kind: "no_reply", reasons: [...new Set(system)] };
  }
  return { kind: "human", reasons: [...(has(mail, "List-Id") ? ["list_id"] : []), ...weak] };
}
