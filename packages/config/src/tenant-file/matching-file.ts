import { milliseconds } from "@inlet/settings";
import { z } from "zod";
import type { TenantConfig } from "../types.ts";

const DEFAULT = "30d";
export const RECENT_SUBJECT_MS = milliseconds(DEFAULT);
const LONGEST_MS = milliseconds("365d");

/** `matching:` of a tenant's file (docs/guides/matching.md). */
export const matchingFile = z
  .strictObject({
    recentSubject: z
      .string()
      .regex(/^(off|[1-9]\d{0,8}(ms|s|m|h|d))$/, "is neither off nor a duration")
      .refine((text) => text === "off" || !(milliseconds(text) > LONGEST_MS), "is above 365d")
      .default(DEFAULT)
      .meta({
        description:
          "how far apart two emails of one contact with the same subject may be to belong to one deal, such as 30d (at most 365d), or off",
      }),
    sentFromCrm: z.enum(["on", "off"]).default("on").meta({
      description: "ask the CRM whether people sent the message that an email answers from there, and at which deal",
    }),
    closedDeals: z.enum(["replies", "all"]).default("replies").meta({
      description:
        "what mail goes to a deal that is won or lost: replies, so that a new thread gets a new deal; or all, as to an open one",
    }),
  })
  .prefault({});

export function matchingConfig({
  recentSubject,
  sentFromCrm,
  closedDeals,
}: z.output<typeof matchingFile>): TenantConfig["matching"] {
  return {
    recentSubjectMs: recentSubject === "off" ? null : milliseconds(recentSubject),
    sentFromCrm: sentFromCrm === "on",
    closedDeals,
  };
}
