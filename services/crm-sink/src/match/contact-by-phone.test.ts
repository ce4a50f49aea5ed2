import type { CallResult } from "@inlet/crm";
import { fakeCrm } from "@inlet/crm/testing";
import { ok } from "@inlet/domain";
import { expect, test } from "vitest";
import { findContactByPhone } from "./contact-by-phone.ts";
import { createEffectTracker } from "../write/effect-tracker.ts";
import type { DeliveryAttempt } from "../attempt.ts";

type Found = CallResult<{ recordId: string } | null>;

const LANDLINE = "+493012345678";
const MOBILE = "+491701234567";

interface Case {
  readonly on?: boolean;
  readonly kind?: string;
  readonly phones?: readonly string[];
  /** The contact of the address itself. */
  readonly known?: Found;
  readonly byPhone?: Readonly<Record<string, string>>;
  readonly settle?: boolean;
}

/** An email of an unknown address; `calls` says what its CRM was asked. */
function emailWith({ on = true, kind = "human", phones = [LANDLINE], known, byPhone = {}, settle = false }: Case) {
  const calls: string[] = [];
  const effects = createEffectTracker(() => "hubspot", "sink/1");
  effects.won("contact", "ada@acme.example", settle);
  const email = {
    deps: {
      now: () => 0,
      monotonic: () => 0,
      random: () => 0.5,
      failpoint: () => {},
      ledger: {
        circuits: {
          recordFailedCall: async () => ({ again: false, othersGotThrough: false, othersFailed: 0, failingMs: 0 }),
        },
      },
    },
    event: { classification: { kind }, signature: { name: "Ada", phones } },
    tenant: { crm: { contactByPhone: on, timeoutMs: 1000, quota: { perSecond: 10 } } },
    crm: {
      kind: "hubspot",
      key: "hubspot",
      gate: async () => ({ buffered: false }),
      quotas: { take: async () => ({ ok: true }) },
      circuit: {
        state: async () => ({ open: false }),
        watch: () => {},
        call: async (_: string, call: () => unknown) => ({ open: false, result: await call() }),
      },
      answers: async () => ({ ok: false, fault: { kind: "outage" } }),
      foundAway: async () => {},
      adapter: fakeCrm({
        contact: {
          lookup: async ({ key }: { key: string }) => (calls.push(key), known ?? { ok: true, value: null }),
          findByPhone: async (phone: string): Promise<Found> => {
            calls.push(phone);
            const recordId = byPhone[phone];
            return { ok: true, value: recordId === undefined ? null : { recordId } };
          },
        },
      }),
    },
    effects,
    deadline: 60_000,
    attempts: {},
    isolated: true,
    warnings: [],
    changes: [],
  } as unknown as DeliveryAttempt;
  return { email, calls, find: async () => findContactByPhone(email, "ada@acme.example") };
}

test("an address that the CRM does not know is the only contact with a number of the signature (WR2)", async () => {
  const { calls, find } = emailWith({ phones: [LANDLINE, MOBILE], byPhone: { [MOBILE]: "7" } });
  expect(await find()).toEqual(ok("7"));
  expect(calls).toEqual(["ada@acme.example", LANDLINE, MOBILE]);
});

test("two numbers of one contact are that contact, of two contacts neither", async () => {
  const phones = [LANDLINE, MOBILE];
  expect(await emailWith({ phones, byPhone: { [LANDLINE]: "7", [MOBILE]: "7" } }).find()).toEqual(ok("7"));
  expect(await emailWith({ phones, byPhone: { [LANDLINE]: "7", [MOBILE]: "8" } }).find()).toEqual(ok(null));
});

test("an address that the CRM knows is its own contact, whatever its signature says", async () => {
  const { calls, find } = emailWith({ known: { ok: true, value: { recordId: "9" } }, byPhone: { [LANDLINE]: "7" } });
  expect(await find()).toEqual(ok(null));
  expect(calls).toEqual(["ada@acme.example"]);
});

test.each<[why: string, of: Case]>([
  ["the tenant did not turn it on", { on: false }],
  ["automated mail", { kind: "newsletter" }],
  ["no number with a country code", { phones: ["030 12345678"] }],
  ["an earlier try may have made the contact", { settle: true }],
])("no one is asked: %s", async (_, of) => {
  const { calls, find } = emailWith({ byPhone: { [LANDLINE]: "7" }, ...of });
  expect(await find()).toEqual(ok(null));
  expect(calls).toEqual([]);
});

test("three numbers are asked for, however many there are", async () => {
  const { calls, find } = emailWith({ phones: [1, 2, 3, 4, 5].map((n) => `+49301234567${n}`) });
  await find();
  expect(calls).toHaveLength(4);
});

test("what fails for good is a warning, and the contact is made by its address; an outage is the email's", async () => {
  const fault = { kind: "record-permanent", code: "hubspot:400", message: "no", unknown: false } as const;
  const refused = emailWith({ known: { ok: false, fault } });
  expect(await refused.find()).toEqual(ok(null));
  expect(refused.email.warnings).toEqual(["contact_not_found_by_phone: the CRM did not tell (hubspot:400)"]);
  const outage = { kind: "outage", code: "hubspot:5xx", message: "away", unknown: false } as const;
  expect(await emailWith({ known: { ok: false, fault: outage } }).find()).toMatchObject({ kind: "park" });
});
