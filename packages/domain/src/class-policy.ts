import { SUPPRESS_REASONS, type SuppressReason } from "@inlet/schemas";

/** `write`: as a person's mail. `log`: contact and activity, no deal. `suppress`: nothing in the CRM. */
export type ClassPolicy = "write" | "log" | "suppress";

/** What is done with a mail by what it is, and the class that decided. */
export interface Treatment {
  readonly policy: ClassPolicy;
  /** Of `suppress`. */
  readonly reason: SuppressReason | null;
}

const STRICTNESS = { write: 0, log: 1, suppress: 2 } as const;

/**
 * What the tenant wants of a class of mail (UN8); people's mail, and a class that no one named, is written. Where the spam verdict is
 * `spam`, the stricter of the class's and spam's policy counts. A loop is suppressed whatever the tenant says.
 */
export function getTreatment(
  mail: { readonly classification: { readonly kind: string }; readonly spamVerdict: string | null },
  classes: Readonly<Record<string, ClassPolicy>>,
): Treatment {
  const { kind } = mail.classification;
  if (kind === "loop") return { policy: "suppress", reason: "loop" };
  const found = [kind, ...(mail.spamVerdict === "spam" ? ["spam"] : [])]
    .map((name) => ({ name, policy: Object.hasOwn(classes, name) ? (classes[name] as ClassPolicy) : "write" }))
    .toSorted((a, b) => STRICTNESS[b.policy] - STRICTNESS[a.policy]);
  const { name, policy } = found[0] ?? { name: kind, policy: "write" as const };
  // A class without a reason of its own cannot be suppressed: no one could find out why.
  if (policy === "suppress" && !Object.hasOwn(SUPPRESS_REASONS, name)) return { policy: "log", reason: null };
  return { policy, reason: policy === "suppress" ? (name as SuppressReason) : null };
}
