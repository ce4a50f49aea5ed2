import { expect, test } from "vitest";
import { fixedToken } from "../calls/access-tokens.ts";
import { createHttpCrm } from "./http.ts";
import type { ActivityRequests, CrmRequests, WriteRequest } from "./requests.ts";

const write = (body: object): WriteRequest => ({ method: "POST", path: "/x", headers: {}, body });
const described = (body: object) => ({ write: write(body), id: "/id", idempotent: false });

/** An API of which the tenant's file says this of deals and activities; it is not called. */
function apiWith(deal: object, update?: object, activity: Partial<ActivityRequests> = {}) {
  const requests: CrmRequests = {
    ping: { path: "/me", headers: {} },
    contact: described({ email: "{{email}}" }),
    deal: described(deal),
    activity: { ...described({}), ...(update === undefined ? {} : { update: write(update) }), ...activity },
  };
  return createHttpCrm({
    baseUrl: "http://127.0.0.1:9",
    timeoutMs: 1_000,
    pipeline: null,
    stage: null,
    tenant: "acme",
    log: { warn: () => {}, debug: () => {} },
    tokens: fixedToken(() => "token"),
    authorization: () => ({}),
    requests,
    settleMs: { activity: 600_000 },
  }).records;
}

test("a new deal is tied to the company of its contact where the file's request names it", () => {
  expect(apiWith({ contact: "{{contactId}}" }).deal.tiesCompany).toBe(false);
  expect(apiWith({ company: "{{companyId?}}" }).deal.tiesCompany).toBe(true);
});

test("an activity can be changed in what the request that updates it names, and in nothing else", () => {
  const all = ["subject", "text", "html", "contactId", "companyId", "dealId", "fileIds"];
  expect(apiWith({}).activity.fixed).toEqual(all);
  const { fixed } = apiWith({}, { subject: "{{subject}}", files: "{{fileIds}}" }).activity;
  expect(fixed).toEqual(["text", "html", "contactId", "companyId", "dealId"]);
});

test("what no one can change is answered without a call", async () => {
  const { activity } = apiWith({}, { subject: "{{subject}}" });
  const change = { recordId: "7", changed: { dealId: "2" } };
  const answer = await activity.update(change, { deadline: performance.now() + 1_000 });
  expect(answer).toEqual({ ok: true, value: { recordId: "7", fixed: ["dealId"] } });
});

test("each type of record settles after a time of its own, and in the way that the file's write allows", () => {
  const lookup = { path: "/x?key={{key}}", headers: {}, id: "/id", key: "/key" };
  const records = apiWith({}, undefined, { lookup });
  expect(records.activity.settle).toEqual({ how: "consistent-lookup", afterMs: 600_000 });
  expect(records.deal.settle).toEqual({ how: "none", afterMs: 15_000 });
  expect(apiWith({}, undefined, { idempotent: true }).activity.settle.how).toBe("upsert-by-key");
});
