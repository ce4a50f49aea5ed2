import { CRM_CONFORMANCE } from "@inlet/crm/conformance";
import { CRM_BATCH_CONFORMANCE } from "@inlet/crm/conformance-batches";
import { CRM_CHANGE_CONFORMANCE } from "@inlet/crm/conformance-changes";
import { CRM_MATCHING_CONFORMANCE } from "@inlet/crm/conformance-matching";
import { duplicatesIn } from "@inlet/crm-sandbox";
import { describe, expect, test } from "vitest";
import { hubSpotSubject } from "./sandbox-subject.ts";

describe.each(["v3", "2026-03"])("HubSpot adapter against the sandbox, API %s", (version) => {
  test.each([...CRM_CONFORMANCE, ...CRM_BATCH_CONFORMANCE, ...CRM_MATCHING_CONFORMANCE, ...CRM_CHANGE_CONFORMANCE])(
    "$name",
    async (conformanceCase) => {
      const subject = await hubSpotSubject(version);
      try {
        await conformanceCase.run(subject);
        expect(duplicatesIn(subject.sandbox.store)).toEqual([]);
        expect(JSON.stringify(subject.logged)).not.toContain("@");
      } finally {
        await subject.close();
      }
    },
  );
});
