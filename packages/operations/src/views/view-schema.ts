import type { SavedView } from "@inlet/ledger";
import { z } from "zod";

export const viewSchema = z.object({
  id: z.string(),
  owner: z.string(),
  tenant: z.string().nullable().describe("null: every tenant"),
  name: z.string(),
  query: z.string().describe("as in the list's address"),
  shared: z.boolean(),
  createdAt: z.number().describe("epoch ms"),
}) satisfies z.ZodType<SavedView>;
