import { cutText } from "@inlet/schemas";

/** Longest text written into a CRM activity, characters. HubSpot cuts at 65,536. */
export const ACTIVITY_TEXT_LIMIT = 60_000;

const CUT_MARK = "\n[… shortened]";

/** The activity's text: the reply first, cut with a marker (WR4). No link to the rest: nothing serves one yet. */
export function activityText(text: string | null, limit = ACTIVITY_TEXT_LIMIT): string {
  const body = (text ?? "").trim();
  if (body === "") return "(no text)";
  return body.length <= limit ? body.toWellFormed() : `${cutText(body, limit - CUT_MARK.length)}${CUT_MARK}`;
}

export function activitySubject(subject: string | null): string {
  const line = (subject ?? "").replaceAll(/\s+/g, " ").trim();
  return line === "" ? "(no subject)" : cutText(line, 500);
}

/** First and last name of a display name: everything before the last word, and the last word. "Last, First" is turned round. */
export function splitName(name: string | null): { firstName: string | null; lastName: string | null } {
  const clean = (name ?? "").replaceAll(/\s+/g, " ").trim();
  if (clean === "" || clean.includes("@")) return { firstName: null, lastName: null };
  const comma = /^([^,]+), ([^,]+)$/.exec(clean);
  if (comma) return { firstName: comma[2] as string, lastName: comma[1] as string };
  const space = clean.lastIndexOf(" ");
  return space === -1
    ? { firstName: clean, lastName: null }
    : { firstName: clean.slice(0, space), lastName: clean.slice(space + 1) };
}
