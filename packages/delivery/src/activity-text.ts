import { cutText } from "@inlet/schemas";

/** Longest text written into a CRM activity, characters; the whole stands behind the link. HubSpot cuts at 65,536. */
export const ACTIVITY_TEXT_LIMIT = 60_000;

/** The activity's text: the reply first, cut with a marker, and the link to the secure full view as the last line (WR4). */
export function activityText(text: string | null, viewUrl: string, limit = ACTIVITY_TEXT_LIMIT): string {
  const link = `Full email: ${viewUrl}`;
  const body = (text ?? "").trim();
  const room = limit - link.length - 2;
  const cut = body.length <= room ? body.toWellFormed() : `${cutText(body, room - 14)}\n[… shortened]`;
  return cut === "" ? link : `${cut}\n\n${link}`;
}

export function activitySubject(subject: string | null): string {
  const line = (subject ?? "").replaceAll(/\s+/g, " ").trim();
  return line === "" ? "(no subject)" : cutText(line, 500);
}

/** The stable link of PROTOCOL.md 10: it needs a sign-in, so it may stand in a CRM. */
export function viewUrl(publicUrl: string, tenant: string, eventId: string): string {
  return `${publicUrl.replace(/\/+$/, "")}/e/${tenant}/${eventId}`;
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
