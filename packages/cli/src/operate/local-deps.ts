import path from "node:path";
import { readEnvironment, tenantLanes, type RawEnvironment } from "@inlet/config";
import { EVERY_TENANT, ROLES } from "@inlet/domain";
import { readFourEyes, type Actor, type OperationSurroundings } from "@inlet/operations";
import { startTelemetry } from "@inlet/telemetry";
import { nameOperator } from "../jobs/operator.ts";
import { AFTER_START_MS, commandKafka, withAdmin } from "../kafka-admin.ts";
import { writeIsolation } from "../lanes/write-isolation.ts";

/** What operations need beside the ledger, on the machine itself. */
export function createLocalSurroundings(env: RawEnvironment): OperationSurroundings {
  const readKafka = () => readEnvironment(env, ["kafka"]);
  const { consoleUrl, fourEyes, searchKey } = readEnvironment(env, []);
  const tenantsDir = path.resolve(env["TENANTS_DIR"] ?? "");
  return {
    kafka: {
      withAdmin: async (work) => withAdmin(readKafka(), work, AFTER_START_MS),
      withProducer: async (work) => {
        const environment = readKafka();
        const { otlpEndpoint } = environment;
        const telemetry = startTelemetry({ service: "inlet-cli", version: "0.1.0", otlpEndpoint, logLevel: "silent" });
        const producer = await commandKafka(environment).producer();
        try {
          return await work(producer);
        } finally {
          await producer.close();
          await telemetry.shutdown();
        }
      },
    },
    listTenants: () => tenantLanes(tenantsDir),
    switchIsolation: async (tenant, isolation) => writeIsolation(path.join(tenantsDir, `${tenant}.yaml`), isolation),
    consoleUrl,
    fourEyes: readFourEyes(fourEyes),
    searchKey,
  };
}

/** Who has the machine and its database has every role; the audit names them. */
export function createLocalActor(): Actor {
  const grants = Object.keys(ROLES).map((role) => ({ role, tenant: EVERY_TENANT }));
  return { name: nameOperator(), kind: "local", grants };
}
