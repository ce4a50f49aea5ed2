import { frozen } from "./frozen.ts";
import { mailboxConfigs } from "./mailbox-configs.ts";
import { parseTenantFile } from "../tenant-file/parse-tenant-file.ts";
import { ruleConfigs } from "./rule-configs.ts";
import type { ConfigFault, TenantConfig } from "../types.ts";

export interface RulesReading {
  /** Null when there are faults. */
  readonly tenant: Pick<
    TenantConfig,
    "name" | "mailboxes" | "classes" | "rules" | "intents" | "contactFrom" | "console"
  > | null;
  readonly faults: readonly ConfigFault[];
}

/** What a dry run of rules needs of a tenant's file, as `readTenant` reads it. Resolves no secrets: trying a rule must not need them. Never throws. */
export function readRules(text: string, where: string): RulesReading {
  const faults: ConfigFault[] = [];
  const fault = (field: string, problem: string, remedy: string): void => {
    faults.push({ where, field, problem, remedy });
  };
  const file = parseTenantFile(where, text, faults);
  if (file === null) return { tenant: null, faults };
  const mailboxes = mailboxConfigs(file, fault);
  const { rules, intents } = ruleConfigs(file, fault);
  if (faults.length > 0) return { tenant: null, faults };
  return {
    tenant: frozen({
      name: file.name,
      mailboxes,
      classes: file.classes,
      rules,
      intents,
      contactFrom: file.contactFrom,
      console: file.console,
    }),
    faults,
  };
}
