import { revokeToken } from "./access/revoke-token.ts";
import { cancelJob, pauseJob, resumeJob } from "./jobs/direct-job.ts";
import type { AnyOperation } from "./operation.ts";
import { holdTenant, letTenantGo } from "./tenants/hold-tenant.ts";
import { retryEmail } from "./waiting/retry-email.ts";

/** Everything that can be changed in a running Inlet: a new one is a file and a line. */
export const OPERATIONS = [
  pauseJob,
  resumeJob,
  cancelJob,
  retryEmail,
  holdTenant,
  letTenantGo,
  revokeToken,
] as unknown as readonly AnyOperation[];
