import type { DeliveryView, JourneyStep } from "./read-deliveries.ts";

/** A step of an email's way, in words. */
export interface TimelineStep {
  /** Epoch ms. */
  readonly at: number;
  /** With codes, ids and counts; no content. */
  readonly what: string;
  /** An attempt that failed, a wait, or a dead letter: what one looks for where something is wrong. */
  readonly failed: boolean;
}

/** What a service tells of an attempt that did not write the email. */
const FAILED: Readonly<Record<string, string>> = {
  retry: "tried, and will try again",
  parked: "waits",
  held: "waits for its conversation",
  dead_lettered: "dead-lettered",
};

/** One timeline from the POST to the CRM: what the delivery's row says, and what the services told, in the order of time. */
export function toTimeline(delivery: DeliveryView, journey: readonly JourneyStep[]): TimelineStep[] {
  const own: [number | null, string][] = [
    [delivery.receivedAt, "accepted by the gateway"],
    [delivery.acceptedAt, "read by the parser"],
    [delivery.parsedAt, "parsed"],
    [delivery.deliveringAt, "taken by the sink"],
  ];
  const steps = own.flatMap(([at, what]) => (at === null ? [] : [{ at, what, failed: false }]));
  const told = journey.map(({ at, service, what, detail }) => ({
    at,
    what: `${FAILED[what] ?? what.replaceAll("_", "-")} (${service})${describeDetail(what, detail)}`,
    failed: Object.hasOwn(FAILED, what),
  }));
  return [...steps, ...told].toSorted((a, b) => a.at - b.at);
}

/** What ends an email counts the attempt that ended it, as the row and the dead letter's header do; what waits, those that are used up. */
function describeDetail(what: string, detail: Readonly<Record<string, unknown>>): string {
  const ends = what === "written" || what === "suppressed" || what === "dead_lettered";
  const words = Object.entries(detail).map(([name, value]) => {
    if (name === "dueInMs") return `again in ${Math.ceil(Number(value) / 1000)} s`;
    return `${name} ${ends && name === "attempts" ? Number(value) + 1 : toWords(value)}`;
  });
  return words.length === 0 ? "" : `: ${words.join(", ")}`;
}

function toWords(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
