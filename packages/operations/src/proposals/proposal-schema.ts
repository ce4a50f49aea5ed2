import { PROPOSAL_STATES, type Proposal } from "@inlet/ledger";
import { z } from "zod";

/** What waits for a second person, as the API answers it. */
export const proposalSchema: z.ZodType<Proposal> = z.object({
  id: z.string(),
  operation: z.string(),
  input: z.unknown(),
  tenant: z.string().nullable().describe("null: every tenant"),
  emails: z.number().nullable(),
  proposer: z.string(),
  proposedAt: z.number().describe("epoch ms"),
  expiresAt: z.number().describe("epoch ms"),
  state: z.enum(PROPOSAL_STATES),
  decidedBy: z.string().nullable(),
  decidedAt: z.number().nullable().describe("epoch ms"),
  why: z.string().nullable(),
  problem: z.string().nullable(),
});
