import { SUPPRESS_REASONS, type SuppressReason } from "@inlet/schemas";

/** `write`: as a person's mail. `log`: contact and activity, no deal. `suppress`: nothing in the CRM. */
export type ClassPolicy = "write" | "log" | "suppress";

/** What the tenant wants of a class of mail; people's mail, and a class that nobody named, is written. */
export function policyOf(classification: string, classes: Readonly<Record<string, ClassPolicy>>): ClassPolicy {
  return Object.hasOwn(classes, classification) ? (classes[classification] as ClassPolicy) : "write";
}

/** The suppress reason that carries a class's name; undefined for a class without one. */
export function reasonOfClass(classification: string): SuppressReason | undefined {
  return Object.hasOwn(SUPPRESS_REASONS, classification) ? (classification as SuppressReason) : undefined;
}
