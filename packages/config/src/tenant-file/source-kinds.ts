import type { SourceKind } from "@inlet/schemas";
import { providerFaults } from "../tenant/provider-settings.ts";
import type { FieldFault } from "../tenant/provider-settings.ts";
import type { TenantFile } from "./tenant-file.ts";

type Source = TenantFile["sources"][string];

/** Kinds whose senders are believed by other means than `secrets`, and what those are. */
const WITHOUT_SECRETS: Partial<Record<SourceKind, string>> = {
  smtp: "use allowFrom to say who may send",
  sendgrid: "publicKeys and basicAuth say who may post",
  ses: "topicArns says which topics may post; basicAuth may ask for a user:password besides",
};

/** What a source of its kind must have, or has without any meaning. */
export function kindFaults(source: Source): readonly FieldFault[] {
  const { kind, secrets } = source;
  const faults = [...providerFaults(kind, source)];
  const instead = WITHOUT_SECRETS[kind];
  if (instead !== undefined && secrets !== undefined) {
    faults.push({ field: "secrets", problem: `has no meaning for kind ${kind}`, remedy: `Remove it: ${instead}` });
  }
  if (instead === undefined && secrets === undefined) {
    const remedy = "List the source's secrets as env:NAME or file:PATH";
    faults.push({ field: "secrets", problem: "is missing", remedy });
  }
  return faults;
}
