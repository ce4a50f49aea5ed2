import type { DeliveryView, JourneyStep } from "@inlet/ledger";

/** A step of an email's way, in words. */
export interface TimelineStep {
  /** Epoch ms. */
  readonly at: number;
  readonly what: string;
  /** Ids and codes, no content. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** One timeline from the POST to the CRM: what the ledger's row says, and what the services told. */
export function toTimeline(delivery: DeliveryView, journey: readonly JourneyStep[]): TimelineStep[] {
  const own: [number | null, string][] = [
    [delivery.receivedAt, "accepted by the gateway"],
    [delivery.acceptedAt, "read by the parser"],
    [delivery.parsedAt, "parsed"],
    [delivery.deliveringAt, "taken by the sink"],
  ];
  const steps = own.flatMap(([at, what]) => (at === null ? [] : [{ at, what, detail: {} }]));
  const told = journey.map(({ at, service, what, detail }) => ({
    at,
    what: `${what.replaceAll("_", "-")} (${service})`,
    detail,
  }));
  return [...steps, ...told].toSorted((a, b) => a.at - b.at);
}
