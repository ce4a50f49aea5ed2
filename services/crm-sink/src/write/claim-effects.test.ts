import { fakeCrm } from "@inlet/crm/testing";
import type { ClaimRequest, ClaimResult, Release } from "@inlet/ledger";
import { expect, test } from "vitest";
import { claimEffects } from "./claim-effects.ts";
import { createEffectTracker } from "./effect-tracker.ts";
import type { DeliveryAttempt } from "../attempt.ts";

/** A ledger that gives every claim, or calls the deal confirmed, and knows the conversation by its canonical id. */
function emailWith(canonical: string, deal: ClaimResult = { state: "won", settle: false }) {
  const released: Release[] = [];
  let asked = 0;
  const email = {
    deps: {
      now: () => 0,
      monotonic: () => 0,
      failpoint: () => {},
      ledger: {
        effects: {
          claim: async (requests: readonly ClaimRequest[]): Promise<ClaimResult[]> =>
            requests.map(({ effect }) => (effect === "deal" ? deal : { state: "won", settle: false })),
          release: async (claims: readonly Release[]) => void released.push(...claims),
        },
        conversations: {
          canonical: async () => {
            asked += 1;
            return canonical;
          },
        },
      },
    },
    event: { tenantId: "demo", eventId: "evt_1", emailKey: "eml_1" },
    crm: { kind: "hubspot", key: "hubspot", adapter: fakeCrm() },
    owner: "sink/1",
    deadline: 10_000,
    conversationId: "cnv_old",
    effects: createEffectTracker(() => "hubspot", "sink/1"),
  } as unknown as DeliveryAttempt;
  return { email, released, asked: () => asked };
}

const PLAN = {
  contact: "ada@example.com",
  company: null,
  deal: {
    kind: "conversation",
    key: "cnv_old",
    create: true,
    evidence: { matchedBy: "conversation", confidence: "high", detail: "" },
  },
  files: [],
  rules: [],
} as const;

test("a conversation that stands as it was asked for: its deal is ours to write", async () => {
  const { email, released } = emailWith("cnv_old");
  expect(await claimEffects(email, PLAN)).toMatchObject({ kind: "ok" });
  expect(released).toEqual([]);
});

test("a conversation that another email joined meanwhile: everything is given back, and it is asked for again", async () => {
  const { email, released } = emailWith("cnv_joined");
  expect(await claimEffects(email, PLAN)).toEqual({
    kind: "retry",
    code: "conversation_being_joined",
    attempt: null,
    delayMs: 0,
  });
  expect(released.map(({ effect }) => effect)).toEqual(["contact", "deal", "activity"]);
  expect(email.effects.ends()).toEqual([]);
});

test("a deal that is there already is no second one: no one is asked", async () => {
  const confirmed: ClaimResult = { state: "confirmed", recordId: "7", desired: {}, eventId: "evt_0", gone: false };
  const { email, asked } = emailWith("cnv_joined", confirmed);
  expect(await claimEffects(email, PLAN)).toMatchObject({ kind: "ok" });
  expect(asked()).toBe(0);
});
