import {
  operation,
  type CallOptions,
  type CallResult,
  type Crm,
  type CrmRecords,
  type RecordName,
} from "../src/port.ts";

type Answer = (input: never, options: CallOptions) => Promise<CallResult<unknown>>;

/** What a test says of a record type: an operation as a function of its input, or as it is, and what else the type has. */
type FakeRecord = Readonly<Record<string, Answer | object | boolean | number>>;

/**
 * A CRM that answers as a test says, and has no other operations: one that is asked for them makes the test fail. Every record type is settled
 * by `consistent-lookup`, at once, where the test says nothing else.
 */
export function fakeCrm(
  records: Readonly<Partial<Record<RecordName, FakeRecord>>> = {},
  more: Partial<Omit<Crm, "records">> = {},
): Crm {
  const names = ["contact", "company", "deal", "activity", "file", "task"] as const;
  const all = Object.fromEntries(names.map((name) => [name, fakeRecord(records[name] ?? {})]));
  return { kind: "hubspot", ...more, records: all as unknown as CrmRecords } as Crm;
}

function fakeRecord(said: FakeRecord): object {
  const operations = Object.entries(said).map(([name, value]) =>
    typeof value === "function" && !("cost" in value) ? [name, operation(value as never)] : [name, value],
  );
  return { settle: { how: "consistent-lookup", afterMs: 0 }, ...Object.fromEntries(operations) };
}
