import { DEMO_MARK, type Environment } from "@inlet/config";
import { metrics } from "@inlet/telemetry";
import { expect, test } from "vitest";
import { reportBrokenCertificate, reportDemoSecrets } from "./start-alerts.ts";

async function count(code: string): Promise<number> {
  return (await metrics.alerts.get()).values.find(({ labels }) => labels.code === code)?.value ?? 0;
}

test("public secrets behind https are an alert, on this machine alone they are none", async () => {
  const before = await count("demo_secrets");
  const environment = { urlSigningKeys: [`${DEMO_MARK}x`], searchKey: null };
  for (const publicUrl of ["http://127.0.0.1:8080", "https://inlet.example"])
    reportDemoSecrets({ ...environment, publicUrl } as unknown as Environment, null, { warn: () => {} });
  expect(await count("demo_secrets")).toBe(before + 1);
});

test("a certificate that cannot be used is an alert", async () => {
  const before = await count("certificate_broken");
  const lines: object[] = [];
  reportBrokenCertificate({ error: (fields) => void lines.push(fields) }, "the key does not fit");
  expect(await count("certificate_broken")).toBe(before + 1);
  expect(lines).toEqual([{ code: "certificate_broken", fault: "the key does not fit" }]);
});
