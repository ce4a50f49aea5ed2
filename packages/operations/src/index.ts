export { eventId, jobId, optional, tenantId } from "./fields.ts";
export { defineOperation } from "./operation.ts";
export type {
  Actor,
  AnyOperation,
  Operation,
  OperationDeps,
  OperationKafka,
  OperationSurroundings,
} from "./operation.ts";
export { badInput, notAllowed, notFound, Problem, signedOut } from "./problem.ts";
export { operationKafkaOn } from "./operation-kafka.ts";
export { OPERATIONS } from "./operations.ts";
export { revokeToken } from "./access/revoke-token.ts";
export { cancelJob, pauseJob, resumeJob } from "./jobs/direct-job.ts";
export { jobSchema } from "./jobs/job-schema.ts";
export { holdTenant, letTenantGo } from "./tenants/hold-tenant.ts";
export { retryEmail } from "./waiting/retry-email.ts";
