import type { BlobStore } from "@inlet/blob-store";
import type { Tenants } from "@inlet/config";
import type { Kafka, TopicFault } from "@inlet/kafka";
import { getTopics } from "@inlet/schemas";
import type { CheckResult, ReadinessCheck } from "@inlet/telemetry";
import type { CertificateFiles } from "../tls/certificate.ts";

/** A certificate that ends sooner should have been renewed: the usual ones are renewed 30 days before. */
const SOON_MS = 14 * 86_400_000;

export interface CheckDeps {
  readonly kafka: Pick<Kafka, "reachable">;
  readonly blobs: Pick<BlobStore, "fault">;
  readonly tenants: Tenants;
  /** Whether the ids of the schemas that the gateway writes are known. */
  readonly schemas: () => boolean;
  readonly certificate: Pick<CertificateFiles, "current"> | null;
  /** Faults of the topics of these lanes; may be a little old. */
  readonly topicFaults: (lanes: readonly string[]) => Promise<readonly TopicFault[]>;
  /** Lanes without topics or consumers, a text each. */
  readonly laneFaults: () => readonly string[];
}

/** What must work for a delivery to be accepted. The registry counts only until its ids are known: later the gateway goes on without it. */
export function gatewayChecks({
  kafka,
  blobs,
  tenants,
  schemas,
  topicFaults,
  laneFaults,
  certificate,
}: CheckDeps): Record<string, ReadinessCheck> {
  return {
    kafka: async () => ((await kafka.reachable()) ? { ok: true } : { ok: false, detail: "no broker answers" }),
    topics: async () => {
      const lanes = [...new Set(tenants.all().map(({ lane }) => lane))];
      const faults = await topicFaults(lanes);
      const missing = new Set(faults.filter(({ fault }) => fault === "missing").map(({ topic }) => topic));
      const detail = faults
        .map(({ topic, fault, expected, actual }) => `${topic}: ${fault} is ${actual}, not ${expected}`)
        .join("; ");
      if (faults.length === 0) return { ok: true };
      // A lane without topics refuses its own tenants' mail; the others are served.
      const served = lanes.some((lane) => getTopics([lane]).every(({ fullName }) => !missing.has(fullName)));
      return served ? { ok: true, warn: true, detail } : { ok: false, detail };
    },
    lanes: () => {
      const faults = laneFaults();
      return Promise.resolve(faults.length === 0 ? { ok: true } : { ok: true, warn: true, detail: faults.join("; ") });
    },
    blobs: async () => {
      const fault = await blobs.fault();
      return fault === null ? { ok: true } : { ok: false, detail: fault };
    },
    schemas: () =>
      Promise.resolve(
        schemas()
          ? { ok: true }
          : {
              ok: false,
              detail: "schema ids not known yet: the registry does not answer, or `inlet schemas register` has not run",
            },
      ),
    ...(certificate === null ? {} : { certificate: () => Promise.resolve(validity(certificate.current().validTo)) }),
    tenants: () => {
      const faults = tenants.faults().map(({ where, field }) => `${where}${field === "" ? "" : `: ${field}`}`);
      if (tenants.all().length === 0) return Promise.resolve({ ok: false, detail: "no tenant is in force" });
      return Promise.resolve(
        faults.length === 0 ? { ok: true } : { ok: true, warn: true, detail: `not in force: ${faults.join("; ")}` },
      );
    },
  };
}

function validity(end: number): CheckResult {
  const detail = `valid until ${new Date(end).toISOString()}`;
  return end - Date.now() > SOON_MS ? { ok: true, detail } : { ok: true, warn: true, detail };
}
