import { html, type Html } from "@inlet/html";

const DAY_MS = 86_400_000;
const DAYS = 14;
const [BAR, GAP, HEIGHT] = [6, 2, 24];

/** Bars for the last fourteen days, by dates in UTC; what they show is said in words, too. */
export function showTrend(days: Readonly<Record<string, number>>, now: number): Html {
  const dates = Array.from({ length: DAYS }, (_, index) =>
    new Date(now - (DAYS - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  );
  const counts = dates.map((date) => days[date] ?? 0);
  const most = Math.max(1, ...counts);
  const bars = counts.map((count, index) => {
    const height = count === 0 ? 1 : Math.max(2, Math.round((count / most) * HEIGHT));
    return html`<rect x="${index * (BAR + GAP)}" y="${HEIGHT - height}" width="${BAR}" height="${height}"></rect>`;
  });
  return html`<svg
    class="trend"
    role="img"
    aria-label="${describeTrend(dates, counts)}"
    width="${DAYS * (BAR + GAP)}"
    height="${HEIGHT}"
  >
    ${bars}
  </svg>`;
}

function describeTrend(dates: readonly string[], counts: readonly number[]): string {
  const some = dates.flatMap((date, index) => ((counts[index] ?? 0) === 0 ? [] : [`${date}: ${counts[index]}`]));
  return some.length === 0 ? `none in the last ${DAYS} days` : some.join(", ");
}
