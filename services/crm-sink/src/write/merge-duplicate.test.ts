import type { ActivityChange, ActivityInput, CallFault } from "@inlet/crm";
import { fakeCrm } from "@inlet/crm/testing";
import { describe, expect, it } from "vitest";
import { createEffectTracker } from "./effect-tracker.ts";
import type { DeliveryAttempt } from "../attempt.ts";
import { digests, textsWritten, tiesWanted } from "./write-activity.ts";
import { updateOnReplay } from "./update-on-replay.ts";

const TEXTS = { subject: "Offer", text: "Hello" };
const NONE = { dealId: null, fileIds: [] };
const WITH_DEAL = { dealId: "d-1", fileIds: [] };
const WITH_FILES = { dealId: null, fileIds: ["f-1", "f-2"] };

/** L20: what a replay under another mapping makes is tied to the activity that is there. */
describe("an activity that is there, and what a replay made", () => {
  it.each([
    ["a deal that the mapping did not want before", NONE, WITH_DEAL, { dealId: "d-1" }],
    ["files that were links before", NONE, WITH_FILES, { fileIds: ["f-1", "f-2"] }],
    ["both", NONE, { ...WITH_DEAL, fileIds: ["f-1"] }, { dealId: "d-1", fileIds: ["f-1"] }],
    [
      "one more file",
      { dealId: "d-1", fileIds: ["f-1"] },
      { dealId: "d-1", fileIds: ["f-1", "f-2"] },
      { fileIds: ["f-1", "f-2"] },
    ],
    ["what it is tied to already", WITH_DEAL, WITH_DEAL, null],
    ["nothing, where the mapping wants no deal any more", WITH_DEAL, NONE, null],
  ])("%s", async (_what, before, now, expected) => {
    const { calls, email, end } = replayed(now);
    expect(await end({ ...digests(TEXTS), ...tiesWanted(before) })).toMatchObject({ kind: "ok" });
    expect(calls).toEqual(expected === null ? [] : [expected]);
    if (expected !== null) {
      const [activity] = email.effects.ends();
      expect(activity?.result).toMatchObject({ state: "confirmed", recordId: "a-1" });
    }
  });

  it.each([
    ["made in this try", true, [{ dealId: "d-1" }]],
    ["found unsettled, so perhaps made in the last one", null, [{ dealId: "d-1" }]],
    ["there before", false, []],
  ])("written by an older Inlet, which noted no ties: a deal %s", async (_what, created, expected) => {
    const { calls, email, end } = replayed(WITH_DEAL);
    email.summary.push({ effect: "deal", key: "cnv", recordId: "d-1", created });
    await end(digests(TEXTS));
    expect(calls).toEqual(expected);
  });

  it("an outage in between: the next try ties it, though the deal is there by then", async () => {
    const outage: CallFault = { kind: "outage", code: "http:503", message: "", unknown: false };
    const first = replayed(WITH_DEAL, outage);
    first.email.summary.push({ effect: "deal", key: "cnv", recordId: "d-1", created: true });
    expect(await first.end(digests(TEXTS))).toMatchObject({ kind: "park" });
    const [activity] = first.email.effects.ends();
    const noted = activity?.result.state === "confirmed" ? activity.result.desired : {};
    const second = replayed(WITH_DEAL);
    await second.end({ ...digests(TEXTS), ...noted });
    expect(second.calls).toEqual([{ dealId: "d-1" }]);
  });

  it("what the CRM refuses to tie is told, and does not dead-letter an email that is written", async () => {
    const refused: CallFault = { kind: "record-permanent", code: "odoo:403:MOVE", message: "", unknown: false };
    const { email, end } = replayed(WITH_DEAL, refused);
    expect(await end({ ...digests(TEXTS), ...tiesWanted(NONE) })).toMatchObject({ kind: "ok" });
    expect(email.warnings).toEqual(["activity_not_tied: dealId (odoo:403:MOVE)"]);
  });
});

/** What CRMs make of texts, and what they let no one change (facts of Salesforce and Pipedrive). */
describe("a replay under another mapping, of texts that the CRM has in its own way", () => {
  const texts = { subject: "Offer", text: "Hello <b>you</b>" };
  const now = { subject: "Offer", text: "Hello again" };

  it("what was sanitized as it was stored is as Inlet wrote it: it is updated", async () => {
    const noted = textsWritten(texts, { text: "Hello you" });
    const { calls, email, end } = replayed(NONE, undefined, {
      texts: now,
      inCrm: { subject: "Offer", text: "Hello you" },
      answer: { stored: { text: "HELLO AGAIN" } },
    });
    await end({ ...noted, ...tiesWanted(NONE) });
    expect(calls).toEqual([{ text: "Hello again" }]);
    expect(email.effects.written("activity", "eml_1")?.desired).toMatchObject(
      textsWritten(now, { text: "HELLO AGAIN" }),
    );
  });

  it("what a person changed since is left, also where it had been sanitized", async () => {
    const noted = textsWritten(texts, { text: "Hello you" });
    const inCrm = { subject: "Offer", text: "A person's words" };
    const { calls, email, end } = replayed(NONE, undefined, { texts: now, inCrm });
    await end({ ...noted, ...tiesWanted(NONE) });
    expect(calls).toEqual([]);
    expect(email.evidence["replay"]).toEqual({ updated: [], kept: ["subject", "text"] });
  });

  it("what the CRM keeps as it is is told, and not noted as written", async () => {
    const { email, end } = replayed(NONE, undefined, { texts: now, inCrm: texts, answer: { fixed: ["text"] } });
    await end({ ...textsWritten(texts), ...tiesWanted(NONE) });
    expect(email.evidence["replay"]).toEqual({ updated: [], kept: ["subject", "text"], fixed: ["text"] });
    const noted = email.effects.written("activity", "eml_1")?.desired ?? {};
    expect(noted).toEqual(digests({ subject: "Offer" }));
  });

  it("a deal that the CRM ties to no activity that is there is told", async () => {
    const { email, end } = replayed(WITH_DEAL, undefined, { answer: { fixed: ["dealId"] } });
    await end({ ...digests(TEXTS), ...tiesWanted(NONE) });
    expect(email.warnings).toEqual(["activity_not_tied: dealId (the CRM keeps it as it is)"]);
    // The ledger goes on with what it has noted: no tie.
    expect(email.effects.written("activity", "eml_1")?.desired).toEqual({});
  });
});

/** A replay whose activity is to be tied so; what `updateActivity` was called with. */
function replayed(
  ties: Pick<ActivityInput, "dealId" | "fileIds">,
  fault?: CallFault,
  {
    texts = TEXTS,
    inCrm = TEXTS,
    answer = {},
  }: { texts?: typeof TEXTS; inCrm?: Record<string, string>; answer?: object } = {},
) {
  const calls: object[] = [];
  const adapter = fakeCrm({
    activity: {
      read: async () => ({ ok: true, value: inCrm }),
      update: async ({ changed }: ActivityChange) => {
        calls.push(changed);
        return fault === undefined ? { ok: true, value: { recordId: "a-1", ...answer } } : { ok: false, fault };
      },
    },
  });
  const email = {
    deps: { now: () => 0, monotonic: () => 0, random: () => 0.5, failpoint: () => {}, ledger: {} },
    event: { emailKey: "eml_1", eventId: "evt_1", tenantId: "acme" },
    tenant: { id: "acme", crm: { timeoutMs: 1_000, required: [] } },
    crm: {
      kind: "hubspot",
      adapter,
      quotas: { take: async () => Promise.resolve({ ok: true }) },
      gate: async () => Promise.resolve({ buffered: false, behindQuota: false }),
      foundAway: async () => Promise.resolve(),
      circuit: {
        state: async () => Promise.resolve({ open: true, probeInMs: 1_000 }),
        call: async (_step: string, call: () => Promise<unknown>) => ({ open: false, result: await call() }),
      },
    },
    effects: createEffectTracker(() => "hubspot", "owner"),
    deadline: 10_000,
    attempts: {},
    warnings: [],
    changes: [],
    evidence: {},
    summary: [],
  } as unknown as DeliveryAttempt;
  const desired = { key: "eml_1", ...texts, ...ties } as ActivityInput;
  const end = async (noted: Record<string, string>) =>
    updateOnReplay(
      email,
      { state: "confirmed", recordId: "a-1", desired: noted, eventId: "evt_1", gone: false },
      desired,
    );
  return { calls, email, end };
}
