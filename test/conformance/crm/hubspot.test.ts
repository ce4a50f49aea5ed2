import {
  CRM_CONFORMANCE,
  type ConformanceCase,
  CRM_BATCH_CONFORMANCE,
  CRM_CHANGE_CONFORMANCE,
  CRM_MATCHING_CONFORMANCE,
} from "@inlet/crm/conformance";
import { duplicatesIn } from "@inlet/crm-sandbox";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hubSpotSubject, type HubSpotSubject } from "./sandbox-subject.ts";

/** What changes the account itself has one for itself. */
const OF_THE_ACCOUNT: ReadonlySet<string> = new Set(["stage", "pipeline", "field", "owner"]);

describe.each(["v3", "2026-03"])("HubSpot adapter against the sandbox, API %s", (version) => {
  // Every case has keys of its own: one account does for all of them.
  let shared: HubSpotSubject;
  beforeAll(async () => {
    shared = await hubSpotSubject(version);
  });
  afterAll(async () => shared?.close());

  const passes = async (conformanceCase: ConformanceCase, subject: HubSpotSubject): Promise<void> => {
    await conformanceCase.run(subject);
    expect(duplicatesIn(subject.sandbox.store)).toEqual([]);
    expect(JSON.stringify(subject.logged)).not.toContain("@");
  };

  test.each([
    ...CRM_CONFORMANCE,
    ...CRM_BATCH_CONFORMANCE,
    ...CRM_MATCHING_CONFORMANCE,
    ...CRM_CHANGE_CONFORMANCE.filter(({ record }) => !OF_THE_ACCOUNT.has(record)),
  ])("$name", async (conformanceCase) => passes(conformanceCase, shared));

  test.each(CRM_CHANGE_CONFORMANCE.filter(({ record }) => OF_THE_ACCOUNT.has(record)))(
    "$name",
    async (conformanceCase) => {
      const subject = await hubSpotSubject(version);
      try {
        await passes(conformanceCase, subject);
      } finally {
        await subject.close();
      }
    },
  );
});
