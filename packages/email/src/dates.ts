const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/** Minutes east of UTC, RFC 5322 4.3; military letters are ignored there and count as UTC here. */
const ZONES: Readonly<Record<string, number>> = {
  edt: -240,
  est: -300,
  cdt: -300,
  cst: -360,
  mdt: -360,
  mst: -420,
  pdt: -420,
  pst: -480,
  cet: 60,
  cest: 120,
  bst: 60,
  jst: 540,
};
const RFC5322 =
  /^(?:[a-z]{2,9}\.?,?\s*)?(\d{1,2})[\s-]+([a-z]{3,9})[\s-]+(\d{2,4})(?:\s+|,\s*)(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d{1,6})?\s*([+-]\d{4}|[a-z]{1,5})?/i;
const ISO = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/;

/**
 * Epoch milliseconds of a Date header (RFC 5322 3.3 with the obsolete forms of 4.3, ISO 8601 accepted); null when it
 * cannot be read. A missing zone counts as UTC.
 */
export function parseDate(text: string | null): number | null {
  if (text === null) return null;
  const value = withoutComments(text.slice(0, 200)).replace(/\s+/g, " ").trim();
  if (ISO.test(value)) return inRange(Date.parse(/[Zz]|[+-]\d{2}:?\d{2}$/.test(value) ? value : `${value}Z`));
  const found = RFC5322.exec(value);
  if (found === null) return null;
  const [, day, monthName, yearText, hour, minute, second, zone] = found;
  const month = MONTHS.indexOf((monthName ?? "").slice(0, 3).toLowerCase());
  if (month === -1) return null;
  const parts = [Number(day), Number(hour), Number(minute), Number(second ?? 0)] as const;
  if (parts[0] < 1 || parts[0] > 31 || parts[1] > 24 || parts[2] > 59 || parts[3] > 60) return null;
  const local = Date.UTC(fullYear(yearText ?? ""), month, parts[0], parts[1], parts[2], parts[3]);
  return inRange(local - zoneMinutes(zone) * 60_000);
}

function fullYear(text: string): number {
  const year = Number(text);
  if (text.length === 2) return year < 50 ? 2000 + year : 1900 + year;
  return text.length === 3 ? 1900 + year : year;
}

function zoneMinutes(zone: string | undefined): number {
  if (zone === undefined) return 0;
  if (!/^[+-]/.test(zone)) return ZONES[zone.toLowerCase()] ?? 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3, 5));
  return zone.startsWith("-") ? -minutes : minutes;
}

function withoutComments(text: string): string {
  let depth = 0;
  let kept = "";
  for (const char of text) {
    if (char === "(") depth += 1;
    else if (char === ")" && depth > 0) depth -= 1;
    else if (depth === 0) kept += char;
  }
  return kept;
}

/** 1970 to 9999: what a CRM and a timestamp column take. */
function inRange(time: number): number | null {
  return Number.isFinite(time) && time >= 0 && time < 253_402_300_800_000 ? time : null;
}
