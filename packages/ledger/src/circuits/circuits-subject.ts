import { batchQueries } from "../batch-queries.ts";
import type { Statements } from "../statements.ts";
import {
  probeSoon,
  readCircuit,
  recordOutage,
  recordSuccess,
  takeProbes,
  type CircuitState,
  type CrmOutage,
  type DueProbe,
} from "./circuits.ts";
import {
  forgetFailedCalls,
  recordFailedCall,
  recordGotThrough,
  type CallEvidence,
  type FailedCall,
} from "./failing-operations.ts";
import { bufferOff, bufferOn, listBuffers, readGates, type Buffer, type Gate } from "./tenant-holds.ts";

/** What holds a tenant's mail back: an open circuit, or an operator's hold; and what tells an outage from a bad email. */
export type Circuits = ReturnType<typeof circuitsOn>;

export function circuitsOn({ database }: Statements) {
  return {
    read: async (tenant: string, crm: string): Promise<CircuitState> => readCircuit(database, tenant, crm),
    recordOutage: async (tenant: string, crm: string, outage: CrmOutage, probeDelayMs: (probes: number) => number) =>
      recordOutage(database, tenant, crm, outage, probeDelayMs),
    recordSuccess: async (tenant: string, crm: string, probe = false): Promise<boolean> =>
      recordSuccess(database, tenant, crm, probe),
    takeProbes: async (tenants: readonly { tenant: string; crm: string }[]): Promise<DueProbe[]> =>
      takeProbes(database, tenants),
    probeSoon: async (tenant: string, crm: string): Promise<void> => probeSoon(database, tenant, crm),

    recordFailedCall: async (call: FailedCall): Promise<CallEvidence> => recordFailedCall(database, call),
    recordGotThrough: async (tenant: string, crm: string, operation: string): Promise<void> =>
      recordGotThrough(database, tenant, crm, operation),
    forgetFailedCalls: async (): Promise<void> => forgetFailedCalls(database),

    gate: batchQueries<string, Gate>(async (tenants) => readGates(database, tenants)),
    hold: async (tenant: string, by: { why: string | null; actor: string }): Promise<boolean> =>
      bufferOn(database, tenant, by),
    endHold: async (tenant: string, actor: string): Promise<number | null> => bufferOff(database, tenant, actor),
    listHolds: async (): Promise<Buffer[]> => listBuffers(database),
  };
}
