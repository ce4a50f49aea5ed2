import type { CrmKind } from "@inlet/crm";
import {
  bytes,
  milliseconds,
  resolveReference,
  secretList,
  type RawEnvironment,
  type SecretFault,
  type SecretList,
} from "@inlet/settings";
import { SHARED_LANE, TENANT_ID } from "@inlet/schemas";
import { readSource, type SourceKind, type SourceSettings } from "@inlet/sources";
import { readCrm } from "../tenant-file/crm-file.ts";
import { frozen } from "./frozen.ts";
import { mailboxConfigs } from "./mailbox-configs.ts";
import { hashMapping } from "./mapping-version.ts";
import { matchingConfig } from "../tenant-file/matching-file.ts";
import { toNotificationConfigs } from "./notification-configs.ts";
import { toRetentionConfig } from "../tenant-file/retention-file.ts";
import { parseTenantFile } from "../tenant-file/parse-tenant-file.ts";
import { ruleConfigs } from "./rule-configs.ts";
import type { ConfigFault, TenantConfig } from "../types.ts";

export interface TenantReading {
  /** Null when there are faults. */
  readonly tenant: TenantConfig | null;
  readonly faults: readonly ConfigFault[];
  /** Files that were read for secrets: a change of one is a change of the tenant. */
  readonly secretFiles: readonly string[];
}

export interface TenantReadingOptions {
  /** Names the file in faults, such as `config/tenants/demo.yaml`. */
  readonly where: string;
  readonly env: RawEnvironment;
  /** What relative `file:` secrets count from. */
  readonly baseDir: string;
  /** Kinds of CRM other than Inlet's own. */
  readonly crmKinds?: readonly CrmKind[];
  /** Kinds of source other than Inlet's own. */
  readonly sourceKinds?: readonly SourceKind[];
}

type Check = (value: string) => SecretFault | undefined;

/** Reads one tenant's file. Never throws. */
export function readTenant(
  id: string,
  text: string,
  { where, env, baseDir, crmKinds, sourceKinds }: TenantReadingOptions,
): TenantReading {
  const faults: ConfigFault[] = [];
  const secretFiles: string[] = [];
  const fault = (field: string, problem: string, remedy: string): void => {
    faults.push({ where, field, problem, remedy });
  };

  if (!TENANT_ID.test(id) || id === SHARED_LANE) {
    fault("", "does not name a tenant", `Call it <id>.yaml: a-z, 0-9 and -, 2 to 40 characters, not "${SHARED_LANE}"`);
  }
  const file = parseTenantFile(where, text, faults, { crmKinds, sourceKinds });
  if (file === null) return { tenant: null, faults, secretFiles };

  function resolved(field: string, reference: string): string | undefined {
    const result = resolveReference(reference, env, baseDir);
    if (result.file !== null) secretFiles.push(result.file);
    if (result.ok) return result.value;
    fault(field, result.problem, result.remedy);
    return undefined;
  }

  function secrets(field: string, references: string | readonly string[], check?: Check): SecretList {
    const values = [references].flat().map((reference, index) => {
      const at = typeof references === "string" ? field : `${field}.${index}`;
      const value = resolved(at, reference);
      const wrong = value === undefined ? undefined : check?.(value);
      if (wrong !== undefined) fault(at, wrong.problem, wrong.remedy);
      return value ?? "";
    });
    return secretList([...new Set(values)]);
  }

  /** Registrations of sent messages are signed as our own JSON is. */
  function readOutbound(references: readonly string[]): SourceSettings {
    const written = { kind: "signed-json", secrets: references, trustedAuthserv: [] };
    const reading = { allowFrom: file?.allowFrom, resolved, fault: () => undefined };
    return readSource("outbound", written, {
      ...reading,
      secrets: (_field, given, check) => secrets("outbound.secrets", given, check),
    });
  }

  const sources = Object.entries(file.sources).map(([name, source]): SourceSettings => {
    const at = (field: string): string => `sources.${name}.${field}`;
    const reading = {
      allowFrom: file.allowFrom,
      secrets: (field: string, references: string | readonly string[], check?: Check) =>
        secrets(at(field), references, check),
      resolved: (field: string, reference: string) => resolved(at(field), reference),
      fault: (field: string, problem: string, remedy: string) => fault(at(field), problem, remedy),
    };
    return Object.freeze(readSource(name, source, reading, sourceKinds));
  });
  const mail = sources.filter(({ kind }) => kind === "smtp");
  if (mail.length > 1) {
    fault(
      `sources.${mail[1]?.name}.kind`,
      `is smtp, as ${mail[0]?.name} is: an address could not tell which one is meant`,
      "Leave one source of kind smtp",
    );
  }
  const mailboxes = mailboxConfigs(file, fault);
  const outbound = file.outbound === null ? null : readOutbound(file.outbound.secrets);
  const crm = readCrm(file.crm, { resolved, secrets, fault }, crmKinds);
  const { rules, intents } = ruleConfigs(file, fault, crmKinds);
  const notifications = toNotificationConfigs(file.notices, { resolved, secrets, fault });

  const { maxSize, maxTotal, ...policy } = file.attachments;
  const attachments = { maxBytes: bytes(maxSize), maxTotalBytes: bytes(maxTotal), ...policy };

  const matching = matchingConfig(file.matching);

  if (faults.length > 0) return { tenant: null, faults, secretFiles };
  const mapping = hashMapping({
    classes: file.classes,
    mailboxes,
    matching,
    contactFrom: file.contactFrom,
    attachments,
    crm,
    rules,
    intents,
  });
  const tenant: TenantConfig = {
    id,
    name: file.name,
    isolation: file.isolation,
    lane: file.isolation === "dedicated" ? id : SHARED_LANE,
    sources: new Map(sources.map((source) => [source.name, source])),
    mailboxes,
    unknownRecipients: file.unknownRecipients,
    outbound,
    classes: file.classes,
    matching,
    contactFrom: file.contactFrom,
    attachments,
    crm,
    rules,
    intents,
    notifications,
    rateLimit: file.rateLimit,
    retention: toRetentionConfig(file.retention),
    maxAgeMs: milliseconds(file.maxAge),
    console: file.console,
    mappingVersion: mapping.version,
    mappingParts: mapping.parts,
  };
  return { tenant: frozen(tenant), faults, secretFiles };
}
