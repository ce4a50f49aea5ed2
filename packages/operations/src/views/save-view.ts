import { randomBytes } from "node:crypto";
import { MOST_VIEWS } from "@inlet/ledger";
import { z } from "zod";
import { flag, toTime } from "../fields.ts";
import { defineOperation } from "../operation.ts";
import { Problem } from "../problem.ts";
import { emailQuery } from "./email-filter.ts";
import { viewSchema } from "./view-schema.ts";

export const saveView = defineOperation({
  name: "view.save",
  path: "/views",
  summary:
    "Save a filter of the list of emails under a name, in place of the own one of that name; shared: for all who may see the same emails.",
  role: null,
  input: z.object({
    name: z
      .string()
      .trim()
      .min(1, "is empty")
      .max(80)
      .regex(/^\P{Cc}*$/u, "has a control character"),
    query: emailQuery.describe("as in the list's address"),
    shared: flag,
  }),
  result: z.object({ view: viewSchema }),
  tenant: ({ query }) => new URLSearchParams(query).get("tenant"),
  run: async ({ ledger, now }, { name, query, shared }, { name: owner }) => {
    const parameters = new URLSearchParams(query);
    const since = parameters.get("since");
    if (since !== null) toTime(since, now(), "since");
    const id = `view_${randomBytes(8).toString("hex")}`;
    const view = await ledger.views.save({ id, owner, tenant: parameters.get("tenant"), name, query, shared });
    if (view === null) throw new Problem(409, "too-many", `You have ${MOST_VIEWS} saved views: delete one first.`);
    return { view };
  },
});
