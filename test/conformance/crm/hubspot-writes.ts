import { HUBSPOT_CODES } from "@inlet/crm";
import type { CallFault, CallResult } from "@inlet/crm";
import { expect } from "vitest";

export const soon = (ms = 5_000): { deadline: number } => ({ deadline: performance.now() + ms });

export const ADA = { email: "ada@example.com", firstName: "Ada", lastName: "Byron" };

export function expectFault(result: CallResult<unknown>): CallFault {
  if (result.ok) throw new Error("expected a fault");
  expect(HUBSPOT_CODES).toContain(result.fault.code);
  return result.fault;
}

export const file = {
  key: `eml_1/${"ab".repeat(32)}`,
  filename: "a.txt",
  contentType: "text/plain",
  bytes: Buffer.from("hi"),
  contactId: "1",
  dealId: null,
};

export function sought(key: string) {
  return { key, since: null, filename: "a.txt", contactId: "1", dealId: null };
}
