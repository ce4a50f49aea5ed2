import { describe, expect, it } from "vitest";
import { toDisposition, type Evidence, type Fault, type FaultContext } from "./fault-disposition.ts";

const OUTAGE: Fault = { kind: "outage", code: "http:403", unknown: false };
const FIRST: Evidence = { again: false, othersGotThrough: false, othersFailed: 0, failingMs: 0 };
const of = (fault: Partial<Fault>, evidence: Partial<Evidence> | null, context: Partial<FaultContext> = {}) =>
  toDisposition(
    { ...OUTAGE, ...fault },
    {
      step: "contact",
      attempts: {},
      settleInMs: 0,
      random: 0.5,
      optional: false,
      evidence: evidence === null ? null : { ...FIRST, ...evidence },
      ...context,
    },
  );

describe("L7: an answer that would be an outage, met by one email only or by all", () => {
  it.each([
    ["the CRM is away: it costs nothing, however often", {}, null, { attempts: {} }, { kind: "park", delayMs: 1_000 }],
    ["the first time costs nothing", {}, {}, {}, { kind: "park", delayMs: 1_000 }],
    [
      "again, though the CRM answers: an attempt",
      {},
      { again: true },
      {},
      { kind: "retry", attempt: "crm", delayMs: 1_000 },
    ],
    [
      "again, and others got through: an attempt",
      {},
      { again: true, othersGotThrough: true, othersFailed: 9 },
      {},
      { kind: "retry", attempt: "crm" },
    ],
    [
      "the last attempt: a dead letter with code and step",
      {},
      { again: true },
      { attempts: { crm: 5 } },
      { kind: "deadLetter", reason: "retries_exhausted", detail: "http:403", step: "contact" },
    ],
    [
      "two emails fail at it, no one gets through: it costs nothing",
      {},
      { again: true, othersFailed: 1, failingMs: 8_000 },
      { attempts: { crm: 5 } },
      { kind: "park", delayMs: 2_000 },
    ],
    [
      "an operation that is away for a day is tried every two minutes",
      {},
      { again: true, othersFailed: 2, failingMs: 86_400_000 },
      {},
      { kind: "park", delayMs: 120_000 },
    ],
    [
      "Retry-After is waited for, no matter whose fault it is",
      { retryAfterMs: 9_000 },
      { again: true },
      {},
      { kind: "retry", delayMs: 9_000 },
    ],
    [
      "an unknown result is not looked at before it can be settled",
      { unknown: true },
      { again: true },
      { settleInMs: 45_000 },
      { kind: "retry", delayMs: 45_000 },
    ],
    [
      "what is optional and refused is left out at once",
      { refused: true },
      {},
      { optional: true },
      { kind: "deadLetter", detail: "http:403" },
    ],
    [
      "what is optional waits for a CRM that is away, refused or not",
      { refused: true },
      null,
      { optional: true },
      { kind: "park" },
    ],
    [
      "what is optional is waited for no longer than for attempts",
      {},
      { again: true, othersFailed: 2, failingMs: 901_000 },
      { optional: true },
      { kind: "deadLetter" },
    ],
    ...["hubspot:429:SECONDLY", "odoo:429", "http:429"].map(
      (code) =>
        [
          `a search that was one too many in its second is no attempt, though others got through (L31): ${code}`,
          { code, retryAfterMs: 1_000 },
          { again: true, othersGotThrough: true },
          { optional: true, step: "find-company" },
          { kind: "park", delayMs: 1_000 },
        ] as const,
    ),
    [
      "one that goes on is left out at last (L31)",
      { code: "hubspot:429:SECONDLY" },
      { again: true, othersGotThrough: true, failingMs: 901_000 },
      { optional: true, step: "find-company" },
      { kind: "deadLetter" },
    ],
    [
      "of what an email needs it is one that meets this email only",
      { code: "http:429" },
      { again: true, othersGotThrough: true },
      {},
      { kind: "retry", attempt: "crm" },
    ],
    [
      "a conflict of one record: an attempt, the first time as well",
      { kind: "record-passing" },
      {},
      {},
      { kind: "retry", attempt: "crm" },
    ],
    [
      "a lock that all records meet costs nothing",
      { kind: "record-passing" },
      { again: true, othersFailed: 2 },
      {},
      { kind: "park" },
    ],
    ["what is needed and refused costs nothing the first time", { refused: true }, {}, {}, { kind: "park" }],
  ] as const)("%s", (_, fault, evidence, context, disposition) => {
    expect(of(fault, evidence, context)).toMatchObject(disposition);
  });
});
