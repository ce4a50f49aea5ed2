import { z } from "zod";
import { toTime } from "@inlet/operations";

export { eventId, optional, STATES, tenantId } from "@inlet/operations";

/** Parameters that screens and actions share. */

export const limit = z.coerce.number().int().min(1).max(500).default(50);

/** A place in a list, as its pages hand it on: `1764504000000-evt_…`. */
export const place = z
  .string()
  .regex(/^\d{1,16}-evt_\w{1,64}$/, "is no place in the list")
  .transform((text) => {
    const at = text.indexOf("-");
    return { receivedAt: Number(text.slice(0, at)), eventId: text.slice(at + 1) };
  });

/** A place among dead letters: `1764504000000-acme-evt_…`, by when it ended. */
export const deadPlace = z
  .string()
  .regex(/^\d{1,16}-[a-z0-9][a-z0-9-]{0,62}-evt_\w{1,64}$/, "is no place in the list")
  .transform((text) => {
    const [first, last] = [text.indexOf("-"), text.lastIndexOf("-")];
    return {
      endedAt: Number(text.slice(0, first)),
      tenant: text.slice(first + 1, last),
      eventId: text.slice(last + 1),
    };
  });

export function toDeadPlace(at: {
  readonly endedAt: number;
  readonly tenant: string;
  readonly eventId: string;
}): string {
  return `${at.endedAt}-${at.tenant}-${at.eventId}`;
}

export function toPlace({
  receivedAt,
  eventId: id,
}: {
  readonly receivedAt: number;
  readonly eventId: string;
}): string {
  return `${receivedAt}-${id}`;
}

/** `30m`, `12h` or `7d` ago, or a point in time; epoch ms. */
export function parseSince(text: string, now: number): number {
  return toTime(text, now, "since");
}

/** Arguments of a command that a page shows; only what has a value. */
export function toArguments(options: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(options)
    .flatMap(([name, value]) => (value === undefined ? [] : [` --${name} ${quote(String(value))}`]))
    .join("");
}

export function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
