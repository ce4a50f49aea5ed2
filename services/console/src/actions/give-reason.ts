import { z } from "zod";
import { contentPath } from "../content/paths.ts";
import { signView } from "../content/view-token.ts";
import { link } from "../page/parts.ts";
import { defineAction } from "../screen.ts";
import { eventId, tenantId } from "../screens/fields.ts";

/** Why a person looks at an email: what follows from it, a view, stands in the audit with it. */
export const giveReason = defineAction({
  name: "email.reason",
  path: "/e/:tenant/:eventId/reason",
  summary:
    "Say why an email's content is looked at, where its tenant wants that: answers what the view is asked for with.",
  role: "view",
  input: z.object({
    tenant: tenantId,
    eventId,
    reason: z.string().trim().min(5, "says too little: five characters or more").max(200),
  }),
  tenant: ({ tenant }) => tenant,
  act: async ({ content, now }, { tenant, eventId: id, reason }, viewer) => {
    const asked = { viewer: viewer.id, tenant, eventId: id, reason, remote: false };
    const v = signView(content.keys, "reason", asked, now());
    return { result: { v }, next: link(contentPath(asked), { v }) };
  },
});
