import { expect, test } from "vitest";
import { readTenant } from "../tenant/read-tenant.ts";

const DAY = 86_400_000;
const FILE = "name: Acme\nsources: {}\nmailboxes: {}\ncrm: { kind: hubspot, token: env:CRM_TOKEN }\n";
const read = (retention: string) =>
  readTenant("acme", `${FILE}${retention}\n`, {
    where: "acme.yaml",
    env: { CRM_TOKEN: "token-of-the-tests" },
    baseDir: "",
  });

test.each([
  ["", { deliveriesMs: 400 * DAY, sentMessagesMs: 400 * DAY, blobsMs: 180 * DAY }],
  [
    "retention: { deliveries: 97d, blobs: 51d, sentMessages: 7d }",
    { deliveriesMs: 97 * DAY, sentMessagesMs: 7 * DAY, blobsMs: 51 * DAY },
  ],
])("%s", (retention, expected) => {
  const { tenant, faults } = read(retention);
  expect(faults).toEqual([]);
  expect(tenant?.retention).toEqual(expected);
});

test.each([
  ["retention: { deliveries: 96d }", "retention.deliveries", "written twice"],
  ["retention: { blobs: 50d }", "retention.blobs", "whose body is gone"],
  ["retention: { deliveries: forever }", "retention.deliveries", "not a duration"],
])("%s is refused: what dedupe needs outlives what a replay can bring back", (retention, field, why) => {
  const { tenant, faults } = read(retention);
  expect(tenant).toBeNull();
  expect(faults).toMatchObject([{ field, problem: expect.stringContaining(why) }]);
});

test("how long things are kept changes nothing of what is written", () => {
  expect(read("retention: { blobs: 90d }").tenant?.mappingVersion).toBe(read("").tenant?.mappingVersion);
});
