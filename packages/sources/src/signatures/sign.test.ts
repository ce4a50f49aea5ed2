import { expect, test } from "vitest";
import { headerPair, standardWebhook } from "./sign.ts";

// Vectors published in the facts on wire formats: other implementations make the same.
const BODY = Buffer.from('{"eventId":"evt-1","subject":"Hi"}');
const NOW = 1_767_225_600_999;

test("the header pair's vector", () => {
  expect(headerPair(BODY, "inlet-test-secret", NOW)).toEqual({
    "x-webhook-timestamp": "1767225600",
    "x-webhook-signature": "sha256=c90eca8e536098a8345853c311f3cc3b558fce01fb377fced47d7cc13a25aec3",
  });
});

test("the Standard Webhooks vector", () => {
  const secret = "whsec_aW5sZXQtdGVzdC1zZWNyZXQtMDEyMzQ1Njc4OWFiY2RlZg==";
  expect(standardWebhook(BODY, "msg_inlet_0001", secret, NOW)).toEqual({
    "webhook-id": "msg_inlet_0001",
    "webhook-timestamp": "1767225600",
    "webhook-signature": "v1,cH2Ylqb6+dr5Xx43D7EDMtqetr03qrtTPtGGuHUR1Aw=",
  });
});
