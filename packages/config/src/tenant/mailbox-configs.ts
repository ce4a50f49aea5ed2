import { readAddressRule } from "@inlet/mailboxes";
import type { TenantFile } from "../tenant-file/tenant-file.ts";
import type { MailboxConfig } from "../types.ts";

/** The mailboxes of a file, each address rule as it is compared. `fault` hears what only shows between them. */
export function mailboxConfigs(
  file: Pick<TenantFile, "mailboxes" | "unknownRecipients">,
  fault: (field: string, problem: string, remedy: string) => void,
): MailboxConfig[] {
  const ownerByText = new Map<string, string>();
  const mailboxes = Object.entries(file.mailboxes).map(([name, { addresses, tags, pipeline, stage, formInBody }]) => {
    const rules = new Set<string>();
    for (const address of addresses) {
      const reading = readAddressRule(address);
      if (!reading.ok) continue;
      const { text } = reading.rule;
      const other = ownerByText.get(text) ?? name;
      if (other !== name) {
        fault(
          `mailboxes.${name}.addresses`,
          `has an address that mailbox ${other} has too`,
          "Leave it in one of the two",
        );
      }
      ownerByText.set(text, other);
      rules.add(text);
    }
    if (stage !== null && pipeline === null) {
      fault(`mailboxes.${name}.stage`, "is set without a pipeline", "A stage belongs to a pipeline: name that too");
    }
    return {
      name,
      addresses: [...rules],
      tags: Object.entries(tags).map(([kind, value]) => ({ kind, value })),
      pipeline,
      stage,
      formInBody,
    };
  });
  if (file.unknownRecipients.http === "quarantine" && mailboxes.length === 0) {
    fault(
      "unknownRecipients.http",
      "is quarantine although there is no mailbox, so that all email would be dead-lettered",
      "Add mailboxes, or leave it at accept",
    );
  }
  return mailboxes;
}
