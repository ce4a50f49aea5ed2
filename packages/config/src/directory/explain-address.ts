import { createRecipients, recipientParts } from "@inlet/mailboxes";
import type { Tag } from "@inlet/mailboxes";
import type { RawEnvironment } from "@inlet/settings";
import { listTenantFiles, readFile } from "./tenant-files.ts";
import type { ConfigFault, TenantConfig, UnknownRecipients } from "../types.ts";

/** A rule that matches an address, and why it counts or does not. */
export interface RuleExplanation {
  readonly tenant: string;
  readonly mailbox: string;
  readonly rule: string;
  readonly why: string;
}

/** What `inlet tenants check ADDRESS` shows: JSON-safe. */
export interface AddressExplanation {
  readonly address: string;
  readonly reaches: "mailbox" | "unknown" | "ambiguous";
  /** The tenant that has it, or whose domain it is; null where no tenant has it, or several. */
  readonly tenant: string | null;
  readonly mailbox: string | null;
  readonly rule: RuleExplanation | null;
  /** Rules that match as well, and lost. */
  readonly passedOver: readonly RuleExplanation[];
  readonly tags: readonly Tag[];
  readonly pipeline: string | null;
  readonly stage: string | null;
  /** What becomes of email to it where no mailbox has it; null where one has. `smtp` without a tenant is always `refuse`. */
  readonly unknownRecipients: UnknownRecipients | null;
}

/** Reads every tenant file of a directory and says what an address reaches; null when it is no address. Files with faults are left out. */
export function explainAddress(
  dir: string,
  env: RawEnvironment,
  address: string,
): { readonly explanation: AddressExplanation | null; readonly faults: readonly ConfigFault[] } {
  const found = listTenantFiles(dir);
  const readings = found.files.map(([id, path]) => readFile(id, path, env, dir));
  const tenants = readings.flatMap(({ tenant }) => (tenant === null ? [] : [tenant]));
  return {
    explanation: recipientParts(address) === null ? null : explain(tenants, address),
    faults: [...found.faults, ...readings.flatMap(({ faults }) => faults)],
  };
}

function explain(tenants: readonly TenantConfig[], address: string): AddressExplanation {
  const recipients = createRecipients(tenants);
  const reached = recipients.find(address);
  const rules = recipients.rulesOn(address).map(({ tenant, mailbox, rule }) => ({ tenant: tenant.id, mailbox, rule }));
  const nothing = {
    address,
    mailbox: null,
    rule: null,
    tags: [],
    pipeline: null,
    stage: null,
    unknownRecipients: null,
  };
  if (reached.kind === "ambiguous") {
    const ids = reached.tenants.map(({ id }) => id);
    return {
      ...nothing,
      reaches: "ambiguous",
      tenant: null,
      passedOver: rules.map((rule) => ({
        ...rule,
        why: ids.includes(rule.tenant) ? "tenants claim it alike: it is given to neither" : "less specific",
      })),
    };
  }
  if (reached.kind === "unknown") {
    return {
      ...nothing,
      reaches: "unknown",
      tenant: reached.tenant?.id ?? null,
      tags: reached.tags,
      passedOver: [],
      unknownRecipients: reached.tenant?.unknownRecipients ?? { smtp: "refuse", http: "accept" },
    };
  }
  const { tenant, tags } = reached;
  const mailbox = tenant.mailboxes.find(({ name }) => name === reached.mailbox);
  const place = mailbox?.pipeline == null ? tenant.crm : mailbox;
  const [first, ...passedOver] = rules.map((rule, index) => ({
    ...rule,
    why: index === 0 ? whyFirst(rule.rule) : "less specific",
  }));
  return {
    address,
    reaches: "mailbox",
    tenant: tenant.id,
    mailbox: reached.mailbox,
    rule: first ?? null,
    passedOver,
    tags,
    pipeline: place.pipeline,
    stage: place.stage,
    unknownRecipients: null,
  };
}

function whyFirst(rule: string): string {
  if (rule.startsWith("*@")) return "the whole domain: nothing more specific has it";
  if (/[*{]/.test(rule)) return "the most specific pattern";
  return rule.includes("+") ? "the address itself, with its tag" : "the address itself";
}
