import type { ListedDelivery, ListPlace } from "@inlet/ledger";
import { toPlace } from "../screens/fields.ts";
import { isAfter } from "./ring.ts";

const MOST_ROWS = 20;
const ALIVE_MS = 15_000;
/** Who takes nothing for so long is cut off. */
const SLOW_MS = 10_000;
/** Then a browser asks anew, and who was signed out meanwhile is refused. */
const LONGEST_MS = 300_000;

export interface TailWish {
  readonly tenant?: string | undefined;
  readonly state?: string | undefined;
  readonly domain?: string | undefined;
  /** What the viewer saw last; unless it is said, what there is already is not shown. */
  readonly after?: ListPlace | undefined;
}

/** The way to a viewer. */
export interface TailSink {
  write(text: string): void;
  /** Whether what was written before lies there still. */
  isFull(): boolean;
  end(): void;
  cut(): void;
}

export interface TailViewer {
  /** Whether nothing was shown yet. */
  isNew(): boolean;
  show(rows: readonly ListedDelivery[], isGap: boolean): void;
  sayAway(): void;
  /** False: its stream is over. */
  keep(): boolean;
  end(): void;
}

const IN_FLIGHT = new Set(["accepted", "parsed", "delivering", "waiting"]);

/** What one viewer sees of what comes: a few rows a second, and how many more there were. */
export function createTailViewer(wish: TailWish, sink: TailSink, clock: () => number): TailViewer {
  const begun = clock();
  let written = begun;
  let takenAt = begun;
  let isNew = true;
  let isAway = false;
  let left = 0;
  let hasGap = false;
  const write = (text: string): void => {
    sink.write(text);
    written = clock();
  };
  write("retry: 3000\n: open\n\n");
  return {
    isNew: () => isNew,
    show: (rows, isGap) => {
      const { after } = wish;
      const wanted = rows.filter(
        (row) => matches(row, wish) && (!isNew || (after !== undefined && isAfter(row, after))),
      );
      hasGap ||= isGap && !isNew;
      isNew = false;
      const wasAway = isAway;
      isAway = false;
      if (sink.isFull()) {
        left += wanted.length;
        return;
      }
      if (wanted.length === 0 && left === 0 && !hasGap && !wasAway) return;
      const shown = wanted.slice(-MOST_ROWS);
      const data = { rows: shown.map(toRow), left: left + wanted.length - shown.length, more: hasGap };
      const last = shown.at(-1);
      write(`event: rows\n${last === undefined ? "" : `id: ${toPlace(last)}\n`}data: ${JSON.stringify(data)}\n\n`);
      left = 0;
      hasGap = false;
    },
    sayAway: () => {
      if (!isAway && !sink.isFull()) write("event: away\ndata: {}\n\n");
      isAway = true;
    },
    keep: () => {
      const now = clock();
      if (!sink.isFull()) takenAt = now;
      if (now - takenAt >= SLOW_MS) {
        sink.cut();
        return false;
      }
      if (now - begun >= LONGEST_MS) {
        sink.end();
        return false;
      }
      if (now - written >= ALIVE_MS && !sink.isFull()) write(": alive\n\n");
      return true;
    },
    // Who is slow would hold up the end of the process.
    end: () => (sink.isFull() ? sink.cut() : sink.end()),
  };
}

function matches({ tenant, state, senderDomain }: ListedDelivery, wish: TailWish): boolean {
  return (
    (wish.tenant === undefined || wish.tenant === tenant) &&
    (wish.domain === undefined || wish.domain === senderDomain) &&
    (wish.state === undefined || (wish.state === "in_flight" ? IN_FLIGHT.has(state) : wish.state === state))
  );
}

/** What the list shows: no content, no address. */
function toRow({ eventId, tenant, state, reason, source, senderDomain, receivedAt }: ListedDelivery): object {
  return { eventId, tenant, state, reason, source, senderDomain, receivedAt };
}
