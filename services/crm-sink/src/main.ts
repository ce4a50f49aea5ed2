import { openDryLedger } from "@inlet/ledger";
import { runConsumerService } from "@inlet/service";
import { checkAccounts } from "./crm/crm-account.ts";
import { createCrmConnections } from "./crm/crm-connections.ts";
import { waitForRecovery } from "./gates/wait-for-recovery.ts";
import { createSink } from "./sink.ts";

/** Emails tried at the same time; a tenant alone gets three quarters of it (fair-queue.ts). */
const CONCURRENCY = 64;

await runConsumerService({
  name: "crm-sink",
  version: "0.1.0",
  defaults: { HTTP_PORT: "8083" },
  start: async ({ environment, ledger, codec, blobs, tenants, kafka, producer, instance, log, failpoint }) => {
    const { random } = Math;
    const crms = createCrmConnections({ ledger, log, random, failpoint });
    const clocks = { now: Date.now, monotonic: () => performance.now() };
    // A token that is renewed meanwhile must not be lost.
    const dry = openDryLedger({
      connectionString: environment.databaseUrl,
      applicationName: "crm-sink dry run",
      maxConnections: 2,
    });
    const links = environment.consoleUrl === "" ? {} : { consoleUrl: environment.consoleUrl };
    const consumer = createSink(
      kafka,
      { ledger, codec, blobs, tenants, crms, producer, instance, log, ...clocks, random, failpoint, ...links },
      { dryLedger: { ...dry, grants: ledger.grants }, lanes: environment.lanes, concurrency: CONCURRENCY },
    );
    return {
      consumer,
      prepare: async () => waitForRecovery(ledger, log),
      started: () => {
        const mine = tenants.all().filter(({ lane }) => environment.lanes.includes(lane));
        void checkAccounts({ crms, log }, mine);
      },
      // A refresh token that came last must still reach the ledger.
      close: async () => {
        await crms.close();
        await dry.close();
      },
    };
  },
});
