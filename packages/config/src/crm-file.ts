import { z } from "zod";
import { hubSpotOAuth, httpOAuth } from "./crm-oauth-file.ts";
import { crmRequests } from "./crm-requests-file.ts";
import { duration } from "./duration.ts";
import { secretReferences } from "./secret-reference-file.ts";

/** A tenant's CRM (`crm:`) as written, by kind. */

/** What every kind has. */
const everyKind = {
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

const baseUrl = z
  .string()
  .regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|https?:\/\/\S+)$/, "is neither a http(s) URL nor env:NAME")
  .meta({ description: "address of the CRM's API, or env:NAME" });

const token = secretReferences.meta({
  description: "access token: env:NAME or file:PATH, or a list of them, the newest first",
});

const hubSpot = z.strictObject({
  kind: z.literal("hubspot").meta({ description: "the CRM's adapter" }),
  baseUrl: baseUrl.default("https://api.hubapi.com"),
  token: token.optional(),
  oauth: hubSpotOAuth.optional().meta({ description: "an OAuth grant in place of the token (docs/guides/oauth.md)" }),
  apiVersion: z
    .string()
    .regex(/^(v\d+|\d{4}-\d{2})$/, "is not a version of the API")
    .default("v3")
    .meta({ description: "version segment of the API's paths, such as v3" }),
  ...everyKind,
});

const odoo = z.strictObject({
  kind: z.literal("odoo").meta({ description: "the CRM's adapter" }),
  baseUrl: baseUrl.meta({ description: "address of Odoo itself, such as https://odoo.example.com, or env:NAME" }),
  database: z
    .string()
    .regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|[A-Za-z0-9][A-Za-z0-9_.-]*)$/, "is not the name of a database")
    .nullable()
    .default(null)
    .meta({ description: "name of the database, or env:NAME; null where the address serves one database only" }),
  token: token.meta({
    description: "API key of Odoo's user: env:NAME or file:PATH, or a list of them, the newest first",
  }),
  ...everyKind,
  pipeline: everyKind.pipeline.meta({
    description: "sales team of new deals, by name or database id; null for Odoo's own choice",
  }),
  stage: everyKind.stage.meta({
    description: "stage of new deals, by name or database id; null for Odoo's own choice",
  }),
});

const http = z.strictObject({
  kind: z.literal("http").meta({ description: "the CRM's adapter" }),
  baseUrl,
  token: token.optional().meta({
    description:
      "credentials: env:NAME or file:PATH, or a list of them, the newest first; of auth basic user:password, of auth standard-webhooks whsec_…",
  }),
  oauth: httpOAuth.optional().meta({ description: "an OAuth grant in place of the token (docs/guides/oauth.md)" }),
  auth: z
    .string()
    .regex(
      /^(bearer|basic|standard-webhooks|header:[A-Za-z0-9-]+)$/,
      "is not bearer, basic, standard-webhooks or header:NAME",
    )
    .default("bearer")
    .meta({
      description:
        "how the token is sent: bearer, basic, header:NAME; or standard-webhooks, which signs each request with it",
    }),
  requests: crmRequests.meta({ description: "the API's requests as templates (docs/guides/http-crm.md)" }),
  ...everyKind,
});

export const crmFile = z.discriminatedUnion("kind", [hubSpot, odoo, http]);

export type CrmFile = z.output<typeof crmFile>;
