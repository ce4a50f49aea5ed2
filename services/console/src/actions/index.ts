import { cancelJob, holdTenant, letTenantGo, pauseJob, resumeJob, retryEmail, revokeToken } from "@inlet/operations";
import { emailPath } from "../page/parts.ts";
import type { AnyAction } from "../screen.ts";
import { toAction } from "./from-operation.ts";

/** Everything that can be changed: an operation (packages/operations), and the page that follows it. */
export const ACTIONS: readonly AnyAction[] = [
  toAction(pauseJob, ({ id }) => `/jobs/${id}`),
  toAction(resumeJob, ({ id }) => `/jobs/${id}`),
  toAction(cancelJob, ({ id }) => `/jobs/${id}`),
  toAction(retryEmail, ({ tenant, eventId }) => emailPath(tenant, eventId)),
  toAction(holdTenant, () => "/tenants"),
  toAction(letTenantGo, () => "/tenants"),
  toAction(revokeToken, () => "/tokens"),
];
