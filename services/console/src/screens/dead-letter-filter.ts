import type { DeadLetterSet } from "@inlet/ledger";
import { DEAD_LETTER_REASONS, type DeadLetterReason } from "@inlet/schemas";
import { z } from "zod";
import { optional, parseSince, tenantId } from "./fields.ts";

/** What names the lack of a code or a release, in an address and in the command line. */
const NONE = "none";

const reason = z.enum(Object.keys(DEAD_LETTER_REASONS) as [DeadLetterReason, ...DeadLetterReason[]]);

/** Which dead letters a page is about; every part of it stands in the address. */
export const deadLetterFilter = {
  tenant: optional(tenantId),
  reason: optional(reason),
  code: optional(z.string().max(200)),
  release: optional(z.string().max(80)),
  since: optional(z.string().max(40)),
};

export interface DeadLetterFilter {
  readonly tenant?: string | undefined;
  readonly reason?: DeadLetterReason | undefined;
  readonly code?: string | undefined;
  readonly release?: string | undefined;
  readonly since?: string | undefined;
}

/** What a filter means of what had died by `until`. */
export function toDeadLetterSet(
  { tenant, reason: why, code, release, since }: DeadLetterFilter,
  { until, now }: { readonly until: number; readonly now: number },
): DeadLetterSet {
  const read = (text: string | undefined): string | null | undefined => (text === NONE ? null : text);
  return {
    tenant,
    reason: why,
    code: read(code),
    release: read(release),
    since: since === undefined ? undefined : parseSince(since, now),
    until,
  };
}

/** The part of an address that means a group. */
export function writeNone(value: string | null): string {
  return value ?? NONE;
}
