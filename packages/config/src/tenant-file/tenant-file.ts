import type { CrmKind } from "@inlet/crm";
import { duration } from "@inlet/settings";
import { networkList, signingSecrets, sourceFile, type SourceKind } from "@inlet/sources";
import { z } from "zod";
import { addressRule } from "./address-rule-file.ts";
import { attachmentPolicy } from "./attachment-policy-file.ts";
import { consoleFile } from "./console-file.ts";
import { contactFile } from "./contact-file.ts";
import { crmFile } from "./crm-file.ts";
import { entryName, tagKind, tagValue } from "./names-file.ts";
import { matchingFile } from "./matching-file.ts";
import { notificationsFile } from "./notifications-file.ts";
import { retentionFile } from "./retention-file.ts";
import { intentsFile, rulesFile } from "./rules-file.ts";

/**
 * A tenant's file (`config/tenants/<id>.yaml`) as written. The file's name is the tenant's id. The JSON Schema in
 * docs/reference/tenant.schema.json is made from this, and so are the faults' remedies (`description`).
 */

const classPolicy = z.enum(["write", "log", "suppress"]).meta({
  description: "write (as a person's mail), log (contact and activity, no deal) or suppress (nothing in the CRM)",
});

const SOURCES = "the ways by which email comes in, by name: POST /v1/inbound/<tenant>/<name>";

const mailbox = z.strictObject({
  addresses: z.array(addressRule).min(1, "is empty").meta({ description: "addresses that belong to this mailbox" }),
  tags: z
    .record(tagKind, tagValue)
    .default({})
    .meta({ description: "tags that every email of this mailbox gets, such as campaign: spring or product: pump" }),
  pipeline: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .meta({ description: "pipeline of new deals of this mailbox; null for crm.pipeline" }),
  stage: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .meta({ description: "stage of new deals of this mailbox; needs its pipeline" }),
  formInBody: z.boolean().default(false).meta({
    description:
      "forms that send to this mailbox name the customer in lines of the body (Name: …, Email: …), not in Reply-To",
  }),
});

const unknownRecipients = z.strictObject({
  smtp: z.enum(["refuse", "quarantine"]).default("refuse").meta({
    description:
      "refuse (550 at RCPT, the sender is told) or quarantine (taken, then dead-lettered as unknown_recipient)",
  }),
  http: z.enum(["accept", "quarantine"]).default("accept").meta({
    description:
      "accept (written without a mailbox) or quarantine (dead-lettered as unknown_recipient, to be replayed)",
  }),
});

export const tenantFile = z.strictObject({
  name: z.string().min(1).max(100).meta({ description: "the tenant's name for people" }),
  isolation: z
    .enum(["shared", "dedicated"])
    .default("shared")
    .meta({ description: "dedicated gives the tenant topics and consumer groups of its own" }),
  sources: z.record(entryName, sourceFile()).meta({ description: SOURCES }),
  mailboxes: z.record(entryName, mailbox).meta({ description: "the tenant's own addresses, by mailbox" }),
  unknownRecipients: unknownRecipients
    .prefault({})
    .meta({ description: "what becomes of email to an address that no mailbox has" }),
  outbound: z
    .strictObject({
      secrets: signingSecrets.meta({
        description: "every secret that is valid now, the newest first: list the old and the new one while you rotate",
      }),
    })
    .nullable()
    .default(null)
    .meta({
      description: "who may register sent messages: POST /v1/outbound-messages/<tenant>, signed as signed-json is",
    }),
  classes: z
    .strictObject({
      auto_reply: classPolicy.default("suppress"),
      out_of_office: classPolicy.default("suppress"),
      bounce: classPolicy.default("suppress"),
      delay: classPolicy.default("suppress"),
      receipt: classPolicy.default("suppress"),
      challenge: classPolicy.default("suppress"),
      complaint: classPolicy.default("suppress"),
      mailing_list: classPolicy.default("log"),
      newsletter: classPolicy.default("log"),
      calendar: classPolicy.default("log"),
      no_reply: classPolicy.default("write"),
      spam: classPolicy.default("write"),
    })
    .prefault({})
    .meta({ description: "what becomes of automated mail, by class" }),
  matching: matchingFile.meta({ description: "how emails find the deal that they belong to, where nothing names one" }),
  contactFrom: contactFile.meta({
    description:
      "whose contact an email is written to where a list, a group, a form, a forwarder or a colleague is in From",
  }),
  attachments: attachmentPolicy.meta({ description: "which attachments are let through, and what follows where not" }),
  crm: crmFile().meta({ description: "where the activity is written" }),
  rules: rulesFile.meta({
    description: "workflow rules: what is done when an email meets what they ask for (docs/guides/rules.md)",
  }),
  intents: intentsFile.meta({ description: "what people want, by the words that tell it, for the rules' intent" }),
  notices: notificationsFile.meta({
    description: "where the rules' notify is sent, by name: signed Standard Webhooks",
  }),
  rateLimit: z
    .strictObject({
      perSecond: z
        .number()
        .positive()
        .max(100_000)
        .default(500)
        .meta({ description: "requests per second, over time" }),
      burst: z
        .number()
        .int()
        .positive()
        .max(1_000_000)
        .default(1000)
        .meta({ description: "requests at once above it" }),
    })
    .prefault({})
    .meta({ description: "requests that one gateway instance takes from this tenant" }),
  allowFrom: networkList
    .optional()
    .meta({ description: "networks that this tenant's senders may come from; without it anywhere" }),
  console: consoleFile.meta({ description: "what people who look at this tenant's emails in the console must do" }),
  retention: retentionFile.meta({
    description: "how long what is kept of this tenant's mail (docs/guides/retention.md)",
  }),
  maxAge: duration
    .default("7d")
    .meta({ description: "oldest that a waiting email may get before it is dead-lettered, such as 7d" }),
});

export type TenantFile = z.output<typeof tenantFile>;

/** Kinds other than Inlet's own; undefined for its own. */
export interface Kinds {
  readonly crmKinds?: readonly CrmKind[] | undefined;
  readonly sourceKinds?: readonly SourceKind[] | undefined;
}

/** A tenant's file where there are other kinds than Inlet's own. */
export function tenantFileWith({ crmKinds, sourceKinds }: Kinds): typeof tenantFile {
  if (crmKinds === undefined && sourceKinds === undefined) return tenantFile;
  return tenantFile.extend({
    sources: z.record(entryName, sourceFile(sourceKinds)).meta({ description: SOURCES }),
    crm: crmFile(crmKinds).meta({ description: "where the activity is written" }),
  });
}
