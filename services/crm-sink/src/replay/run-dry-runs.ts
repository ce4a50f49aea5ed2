import { isInfrastructureFault } from "@inlet/domain";
import type { Kafka, RecordReader } from "@inlet/kafka";
import { poll, type Poller } from "@inlet/ledger";
import { errorForLog } from "@inlet/telemetry";
import type { SinkDeps } from "../attempt.ts";
import { createPreviewer, type DryLedger } from "./preview-deliveries.ts";
import { LEASE_MS, runDryRun } from "./run-dry-run.ts";

const IDLE_MS = 1_000;

/** Takes dry runs of the lanes, one at a time; `dry` answers as the ledger and keeps nothing. */
export function runDryRuns(
  deps: SinkDeps & { readonly kafka: Kafka; readonly reader: RecordReader; readonly dry: DryLedger },
  lanes: readonly string[],
): Poller {
  const stop = new AbortController();
  const { ledger, kafka, reader, dry, log } = deps;
  let taken = 0;
  const poller = poll(
    async () => {
      const holder = `${deps.instance}/dry-run-${(taken += 1)}`;
      const job = await ledger.jobs.take({ holder, leaseMs: LEASE_MS, kinds: ["dry_run"], service: "crm-sink", lanes });
      if (job === null) return false;
      log.info({ job: job.id, name: job.name, actor: job.actor }, "dry run taken");
      const admin = await kafka.admin();
      const previewer = createPreviewer(deps, dry);
      try {
        await ledger.jobs.forgetEmails();
        await runDryRun({ ledger, admin, reader, previewer, instance: holder }, job, stop.signal);
      } catch (error) {
        // Another try would end the same where a fault of ours meets one of its emails: a look is not worth trying for ever.
        const detail = `it could not be looked at: ${(error as Error).name}`;
        if (isInfrastructureFault(error)) await ledger.jobs.letGo(job.id, holder).catch(() => {});
        else await ledger.jobs.finish({ id: job.id, holder }, { state: "failed", detail });
        throw error;
      } finally {
        await previewer.close();
        await admin.close();
      }
      return true;
    },
    { idleMs: IDLE_MS, onError: (error) => log.warn({ err: errorForLog(error) }, "dry runs cannot be worked at") },
  );
  return {
    stop: async () => {
      stop.abort();
      await poller.stop();
    },
  };
}
