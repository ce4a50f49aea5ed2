import { isAllowed } from "@inlet/domain";
import { z } from "zod";
import { defineOperation } from "../operation.ts";
import { notAllowed, notFound } from "../problem.ts";

export const deleteView = defineOperation({
  name: "view.delete",
  path: "/views/:id/delete",
  summary: "Delete a saved view: one's own, or any with the role administer for its emails.",
  role: null,
  input: z.object({ id: z.string().regex(/^view_[\w-]{1,80}$/, "is no view's id") }),
  result: z.object({ deleted: z.string() }),
  // Whose it is shows when it is found.
  tenant: () => "",
  run: async ({ ledger }, { id }, { name, grants }) => {
    const view = await ledger.views.get(id);
    const isOwn = view?.owner === name;
    const mayDelete = view !== null && (isOwn || isAllowed(grants, "administer", view.tenant));
    // Of a view that one may not see, it is not said that there is one.
    if (view !== null && !mayDelete && view.shared && isAllowed(grants, null, view.tenant))
      throw notAllowed(`the role administer for ${view.tenant ?? "every tenant"}, or that it is your own view`);
    if (!mayDelete || !(await ledger.views.delete(id, name)))
      throw notFound(`saved view ${id}`, "The list of emails shows them.");
    return { deleted: id };
  },
});
