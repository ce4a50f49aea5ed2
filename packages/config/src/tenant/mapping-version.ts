import { H } from "@inlet/schemas";
import { contactShape } from "../tenant-file/contact-file.ts";
import type { ContactFile } from "../tenant-file/contact-file.ts";
import { RECENT_SUBJECT_MS } from "../tenant-file/matching-file.ts";
import type { AttachmentPolicy, MailboxConfig, TenantConfig } from "../types.ts";

/** A tenant's mapping by its parts, each as a digest: which of them changed can be told, and nothing of what they say. */
export type MappingParts = Readonly<Record<string, string>>;

/** The version of the mapping, and what it is made of. */
export interface Mapping {
  readonly version: string;
  readonly parts: MappingParts;
}

/**
 * A hash of what shapes the records that are written: classes, mailboxes, rules, the attachments let through, the CRM's mapping and the requests
 * of an HTTP CRM. Where the CRM is, its credentials and its deadlines shape nothing: changing them must not make a replay rewrite every record.
 */
export function hashMapping(parts: {
  readonly classes: TenantConfig["classes"];
  readonly mailboxes: readonly MailboxConfig[];
  readonly matching: TenantConfig["matching"];
  readonly contactFrom: ContactFile;
  readonly attachments: AttachmentPolicy;
  readonly crm: TenantConfig["crm"];
  readonly rules: TenantConfig["rules"];
  readonly intents: TenantConfig["intents"];
}): Mapping {
  const { recentSubjectMs, sentFromCrm, closedDeals } = parts.matching;
  const { kind, files, newDeal, companies, contactByPhone, pipeline, stage, required } = parts.crm;
  const shape = {
    classes: Object.entries(parts.classes).toSorted(([left], [right]) => (left < right ? -1 : 1)),
    mailboxes: parts.mailboxes
      .map(({ name, addresses, tags, pipeline, stage, formInBody }) => [
        name,
        [...addresses].toSorted(),
        tags.map(({ kind, value }) => `${kind}+${value}`).toSorted(),
        pipeline,
        stage,
        ...(formInBody ? ["formInBody"] : []),
      ])
      .toSorted(byFirst),
    // The defaults are left out, as they were before there was a choice.
    ...(recentSubjectMs === RECENT_SUBJECT_MS ? {} : { matching: { recentSubjectMs } }),
    ...(sentFromCrm ? {} : { sentFromCrm }),
    ...(contactShape(parts.contactFrom).length === 0 ? {} : { contactFrom: contactShape(parts.contactFrom) }),
    ...(closedDeals === "replies" ? {} : { closedDeals }),
    attachments: Object.entries(parts.attachments).toSorted(byFirst),
    crm: {
      kind,
      files,
      newDeal,
      pipeline,
      stage,
      required: [...required].toSorted(),
      ...(companies === "match" ? {} : { companies }),
      ...(contactByPhone ? { contactByPhone } : {}),
    },
    ...(parts.rules.length === 0 ? {} : { rules: [parts.rules, parts.intents] }),
    ...pickRequests(parts.crm),
  };
  const digests = Object.entries(shape).map(([part, value]) => [part, H(toJson(value)).slice(0, 8)] as const);
  return { version: `map_${H(toJson(shape)).slice(0, 16)}`, parts: Object.fromEntries(digests) };
}

/** The requests that write records; those that only ask whether the CRM is there shape nothing. */
function pickRequests(crm: object): { readonly requests?: object } {
  if (!("requests" in crm)) return {};
  const { ping: _, account: __, ...requests } = crm.requests as Readonly<Record<string, unknown>>;
  return { requests };
}

/** Patterns are no JSON by themselves. */
function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => (each instanceof RegExp ? String(each) : each));
}

function byFirst(left: readonly unknown[], right: readonly unknown[]): number {
  return String(left[0]) < String(right[0]) ? -1 : 1;
}
