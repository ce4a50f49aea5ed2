import { H } from "@inlet/schemas";
import { contactShape } from "../tenant-file/contact-file.ts";
import type { ContactFile } from "../tenant-file/contact-file.ts";
import { RECENT_SUBJECT_MS } from "../tenant-file/matching-file.ts";
import type { AttachmentPolicy, MailboxConfig, TenantConfig } from "../types.ts";

/**
 * A hash of what shapes the records that are written: classes, mailboxes, the attachments let through and the CRM's mapping. Where the CRM is, its credentials
 * and its deadlines shape nothing: changing them must not make a replay rewrite every record.
 */
export function hashMapping(parts: {
  readonly classes: TenantConfig["classes"];
  readonly mailboxes: readonly MailboxConfig[];
  readonly matching: TenantConfig["matching"];
  readonly contactFrom: ContactFile;
  readonly attachments: AttachmentPolicy;
  readonly crm: TenantConfig["crm"];
}): string {
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
  };
  return `map_${H(JSON.stringify(shape)).slice(0, 16)}`;
}

function byFirst(left: readonly unknown[], right: readonly unknown[]): number {
  return String(left[0]) < String(right[0]) ? -1 : 1;
}
