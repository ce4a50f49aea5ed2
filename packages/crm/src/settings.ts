import { duration, milliseconds, secretReferences, type SecretList, type SettingsReading } from "@inlet/settings";
import { z } from "zod";
import type { OAuthSettings } from "./oauth/grant.ts";

/** Of a tenant's CRM (`crm:`), whatever its kind: each kind adds what is its own (`<kind>/settings.ts`). */

/** What every kind has, as written. */
export const everyKind = {
  timeout: duration.default("10s").meta({ description: "longest that one call may take, such as 10s" }),
  files: z
    .enum(["upload", "link"])
    .default("upload")
    .meta({ description: "upload attachments to the CRM, or only link to them" }),
  newDeal: z.enum(["create", "none"]).default("create").meta({ description: "what happens when no deal matches" }),
  contactByPhone: z.enum(["off", "on"]).default("off").meta({
    description:
      "on: a sender whose address the CRM does not know is the only contact with a phone number of the signature, if there is one",
  }),
  companies: z.enum(["match", "create", "off"]).default("match").meta({
    description:
      "the company of the sender's domain: match (tied to one that the CRM has), create (made where there is none) or off",
  }),
  pipeline: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .meta({ description: "pipeline of new deals; null for the CRM's default" }),
  stage: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .meta({ description: "stage of new deals; null for the CRM's default" }),
  missingStage: z.enum(["first", "wait"]).default("first").meta({
    description:
      "a new deal whose pipeline or stage people removed begins in the first one that there is (first, with a warning), or the tenant's mail waits until it is corrected (wait)",
  }),
  required: z
    .array(z.enum(["deal", "file"]))
    .default([])
    .meta({ description: "effects without which an email is not written, beside contact and activity: deal, file" }),
  quota: z
    .strictObject({
      perSecond: z.number().positive().max(100_000).meta({ description: "requests per second, over time, such as 17" }),
      burst: z
        .number()
        .int()
        .positive()
        .max(1_000_000)
        .optional()
        .meta({ description: "requests at once above it; without it half a second's" }),
    })
    .optional()
    .meta({
      description:
        "requests that all of Inlet's instances together make to this CRM, such as { perSecond: 17, burst: 10 }: any 10 seconds have at most 10 x perSecond + burst; without it the CRM's own (docs/guides/flow-control.md)",
    }),
};

export const baseUrl = z
  .string()
  .regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|https?:\/\/\S+)$/, "is neither a http(s) URL nor env:NAME")
  .meta({ description: "address of the CRM's API, or env:NAME" });

export const token = secretReferences.meta({
  description: "access token: env:NAME or file:PATH, or a list of them, the newest first",
});

const everyFile = z.object({ baseUrl, token: token.optional(), ...everyKind });

/** A CRM as written, as far as every kind has it. */
export type CrmFile = z.output<typeof everyFile> & { readonly kind: string };

/** Requests to a CRM, of all instances together: over time, and at once above that. */
export interface RequestQuota {
  readonly perSecond: number;
  readonly burst: number;
}

/** A CRM as used, as far as every kind has it. */
export interface CrmSettings {
  readonly kind: string;
  readonly baseUrl: string;
  /** The newest first; empty where there is `oauth`. */
  readonly token: SecretList;
  /** In place of the token, where the kind knows such a thing. */
  readonly oauth?: OAuthSettings | null;
  /** ms for one call. Default 10 000. */
  readonly timeoutMs: number;
  /** Files: upload to the CRM, or only link. */
  readonly files: "upload" | "link";
  /** When no deal matches. */
  readonly newDeal: "create" | "none";
  /** A sender whose address the CRM does not know is the only contact with a phone number of the signature. */
  readonly contactByPhone: boolean;
  /** The company of the sender's domain: `match` ties to one that the CRM has, `create` makes it where there is none. */
  readonly companies: "match" | "create" | "off";
  readonly pipeline: string | null;
  readonly stage: string | null;
  readonly missingStage: "first" | "wait";
  /** Effects without which an email is not `written`, beside contact and activity. */
  readonly required: readonly ("deal" | "file")[];
  readonly quota: RequestQuota;
}

/** A CRM that documents no limit, or a server of one's own: enough for a busy team, and no flood. */
const UNDOCUMENTED: RequestQuota = { perSecond: 50, burst: 50 };

/** What every kind has, as used; what is wrong goes to `fault`. `allowed`: what the CRM lets be done where the file does not say. */
export function readEveryKind(
  crm: CrmFile & { readonly oauth?: unknown },
  { resolved, secrets, fault }: SettingsReading,
  allowed = UNDOCUMENTED,
): Omit<CrmSettings, "kind"> {
  const address = crm.baseUrl.startsWith("env:") ? resolved("crm.baseUrl", crm.baseUrl) : crm.baseUrl;
  if (address !== undefined && !(URL.canParse(address) && /^https?:\/\//.test(address))) {
    fault(
      "crm.baseUrl",
      "does not resolve to a http(s) URL",
      "Give the address of the CRM's API, such as https://api.hubapi.com",
    );
  }
  if (address !== undefined && URL.canParse(address) && new URL(address).username !== "") {
    fault("crm.baseUrl", "has credentials in it", "Leave them out, and give them as crm.token");
  }
  if (crm.stage !== null && crm.pipeline === null) {
    fault("crm.stage", "is set without crm.pipeline", "A stage belongs to a pipeline: name that too");
  }
  if (crm.token === undefined && crm.oauth === undefined) {
    fault(
      "crm.token",
      "is missing, and so is crm.oauth",
      "Give the CRM's access token by env:NAME or file:PATH, or crm.oauth",
    );
  }
  if (crm.token !== undefined && crm.oauth !== undefined) {
    fault("crm.oauth", "stands beside crm.token", "Leave one of the two: a token that stays, or an OAuth grant");
  }
  return {
    baseUrl: (address ?? "").replace(/\/+$/, ""),
    token: secrets("crm.token", crm.token ?? []),
    timeoutMs: milliseconds(crm.timeout),
    files: crm.files,
    newDeal: crm.newDeal,
    companies: crm.companies,
    contactByPhone: crm.contactByPhone === "on",
    pipeline: crm.pipeline,
    stage: crm.stage,
    missingStage: crm.missingStage,
    required: crm.required,
    quota: readQuota(crm.quota, allowed),
  };
}

/** A burst that the file leaves out is half a second's. */
function readQuota(written: CrmFile["quota"], allowed: RequestQuota): RequestQuota {
  if (written === undefined) return allowed;
  return { perSecond: written.perSecond, burst: written.burst ?? Math.max(1, Math.floor(written.perSecond / 2)) };
}
