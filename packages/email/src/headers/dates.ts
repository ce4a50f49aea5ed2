/** Months as mailers in other languages write them, by what is unambiguous at their start (accents taken away). */
const MONTHS: readonly (readonly [RegExp, number])[] = [
  [/^(?:jan|gen|ene|tammi|sty|led|ocak|янв)/, 0],
  [/^(?:feb|fev|helmi|lut|uno|subat|фев)/, 1],
  [/^(?:mar(?!ras)|maart|mrz|maa|bre|мар)/, 2],
  [/^(?:apr|avr|abr|huhti|kwi|dub|nisan|апр)/, 3],
  [/^(?:may|mai|mag|maj|mei|touko|kve|май|мая)/, 4],
  [/^(?:jun|juin|giu|kesa|cze|haz|июн)/, 5],
  [/^(?:jul|juil|lug|heina|tem|июл)/, 6],
  [/^(?:aug|aou|ago|elo|sie|agu|авг)/, 7],
  [/^(?:sep|set|syys|wrz|zari|eyl|сен)/, 8],
  [/^(?:oct|okt|out|ott|loka|paz|rij|eki|окт)/, 9],
  [/^(?:nov|marras|kas|ноя)/, 10],
  [/^(?:dec|dez|dic|des|joulu|gru|pro|ara|дек)/, 11],
];
/** As RFC 5322 3.3 has them: nearly every mail. */
const EN_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/** Minutes east of UTC, RFC 5322 4.3 and names in use; letters that name nothing count as UTC there and here. */
const ZONES: Readonly<Record<string, number>> = {
  ast: -240,
  adt: -180,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
  akst: -540,
  akdt: -480,
  hst: -600,
  wet: 0,
  west: 60,
  cet: 60,
  cest: 120,
  met: 60,
  mest: 120,
  mez: 60,
  mesz: 120,
  bst: 60,
  eet: 120,
  eest: 180,
  msk: 180,
  msd: 240,
  sast: 120,
  hkt: 480,
  sgt: 480,
  jst: 540,
  kst: 540,
  aest: 600,
  aedt: 660,
  nzst: 720,
  nzdt: 780,
};
const CLOCK = String.raw`(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:[.,]\d{1,9})?(?:\s*([ap])\.?m\.?(?![a-z]))?`;
const ZONE = String.raw`(?:\s*((?:gmt|utc?)?[+-]\d{1,2}:?\d{2}(?!\d)|(?:gmt|utc?)[+-]\d{1,2}(?!\d)|[a-z]{1,5}(?![a-z])))?`;
/** RFC 5322 3.3, weekday and comma as one finds them: `Mon, 2 Mar 2026 09:30:00 +0100`, `2-Mar-26 9:30`. */
const DAY_FIRST = new RegExp(
  String.raw`^(?:[^\d\s,]{1,20},?\s*)?(\d{1,2})(?:\.|st|nd|rd|th)?[\s./-]*(?:de\s+)?(\p{L}{3,12})\.?,?[\s./-]*(?:de\s+)?(\d{2,4})(?:(?:,?\s+(?:at\s+|um\s+)?|T)${CLOCK}${ZONE}|\s*$)`,
  "iu",
);
/** C's asctime and `date`: `Mon Mar  2 09:30:00 CET 2026`; also `March 2, 2026 09:30`. */
const MONTH_FIRST = new RegExp(
  String.raw`^(?:\p{L}{2,12}\.?,?\s+)?(\p{L}{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(?:(\d{4}),?\s+(?:at\s+)?)?${CLOCK}${ZONE}(?:\s+(\d{4}))?`,
  "iu",
);
/** ISO 8601 and what looks like it: `2026-03-02T09:30:00+01:00`, `2026/03/02 09:30`. */
const YEAR_FIRST = new RegExp(
  String.raw`^(?:[^\d\s,]{1,12},?\s*)?(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T\s]+${CLOCK}${ZONE}|$)`,
  "i",
);

/**
 * Epoch milliseconds of a Date header (RFC 5322 3.3 with the obsolete forms of 4.3, ISO 8601, asctime, month names of other
 * languages); null when it cannot be read or names a day that does not exist. A wrong weekday is passed over, a missing
 * zone counts as UTC, a missing time as midnight, `24:00` is the next day's midnight.
 */
export function parseDate(text: string | null): number | null {
  if (text === null) return null;
  const value = withoutComments(text.slice(0, 300))
    .replace(/[\s"]+/g, " ")
    .trim();
  const day = DAY_FIRST.exec(value);
  if (day !== null) {
    const [, date, month, year, ...clock] = day;
    return moment({ year: fullYear(year as string), month: parseMonth(month as string), day: Number(date) }, clock);
  }
  const iso = YEAR_FIRST.exec(value);
  if (iso !== null) {
    const [, year, , month, date, ...clock] = iso;
    return moment({ year: Number(year), month: Number(month) - 1, day: Number(date) }, clock);
  }
  const ctime = MONTH_FIRST.exec(value);
  if (ctime === null) return null;
  const [, month, date, year, ...clock] = ctime;
  const found = year ?? clock[5];
  if (found === undefined) return null;
  return moment({ year: Number(found), month: parseMonth(month as string), day: Number(date) }, clock);
}

function moment(
  { year, month, day }: { year: number; month: number; day: number },
  [hourText, minuteText, secondText, half, zone]: readonly (string | undefined)[],
): number | null {
  let hour = Number(hourText ?? 0);
  const minute = Number(minuteText ?? 0);
  const second = Number(secondText ?? 0);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (half.toLowerCase() === "p" ? 12 : 0);
  }
  const midnight = hour === 24 && minute === 0 && second === 0;
  if ((hour > 23 && !midnight) || minute > 59 || second > 60) return null;
  const start = new Date(Date.UTC(2000, 0, 1));
  start.setUTCFullYear(year, month, day);
  // 31 February is no day: taken on, it would become one in March.
  if (month < 0 || start.getUTCMonth() !== month || start.getUTCDate() !== day) return null;
  const offset = zoneMinutes(zone ?? "");
  return offset === null ? null : inRange(start.getTime() + ((hour * 60 + minute - offset) * 60 + second) * 1_000);
}

function parseMonth(name: string): number {
  const written = EN_MONTHS.indexOf(name.toLowerCase());
  if (written !== -1) return written;
  const plain = name.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("ı", "i").toLowerCase();
  // Decomposing takes the breve off й.
  return MONTHS.find(([names]) => names.test(plain) || names.test(name.toLowerCase()))?.[1] ?? -1;
}

function fullYear(text: string): number {
  const year = Number(text);
  if (text.length === 2) return year < 50 ? 2000 + year : 1900 + year;
  // 100 to 199: years since 1900, a known fault of the year 2000.
  return text.length === 3 ? 1900 + year : year;
}

function zoneMinutes(zone: string): number | null {
  const found = /([+-])(\d{1,2}):?(\d{2})?$/.exec(zone);
  if (found === null) return ZONES[zone.toLowerCase()] ?? 0;
  const minutes = Number(found[2]) * 60 + Number(found[3] ?? 0);
  // No place is further from UTC than 14 hours; 24 is what broken clocks say.
  if (minutes >= 24 * 60) return null;
  return found[1] === "-" ? -minutes : minutes;
}

function withoutComments(text: string): string {
  if (!text.includes("(")) return text;
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
