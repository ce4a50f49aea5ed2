import { OPERATIONS } from "@inlet/operations";
import { table } from "./markdown-table.ts";

/** The command that is a client of each operation; null: only the console's pages and its API. */
const COMMANDS: Readonly<Record<string, string | null>> = {
  "replay.create": "inlet replay",
  "replay.look": null,
  "dead-letters.look": null,
  "dead-letters.replay": "inlet dlq replay",
  "dead-letters.discard": "inlet dlq discard",
  "job.pause": "inlet jobs pause",
  "job.resume": "inlet jobs resume",
  "job.cancel": "inlet jobs cancel",
  "email.retry": null,
  "waiting.retry": "inlet waiting retry",
  "waiting.dead-letter": "inlet waiting dead-letter",
  "tenant.hold": "inlet buffer on",
  "tenant.let-go": "inlet buffer off",
  "lanes.apply": "inlet lanes apply",
  "lanes.move": "inlet lanes move",
  "token.create": "inlet tokens create",
  "token.revoke": "inlet tokens revoke",
  "sign-in-link.create": "inlet console link",
  "erasures.create": "inlet erase",
  "legal-holds.create": "inlet hold add",
  "legal-holds.release": "inlet hold release",
  "retention.run": "inlet retention run",
  "proposal.approve": null,
  "proposal.reject": "inlet proposals reject",
  "view.save": null,
  "view.delete": null,
};

/** Reading commands that go by the API as well. */
const READ: Readonly<Record<string, string>> = {
  "inlet jobs list": "GET /jobs",
  "inlet jobs show": "GET /jobs/{id}",
  "inlet waiting list": "GET /waiting",
  "inlet tokens list": "GET /tokens",
  "inlet proposals list": "GET /proposals",
};

/** Commands that act on the machine itself, whatever is set, each with the reason. */
const LOCAL: Readonly<Record<string, string>> = {
  "inlet up": "starts everything here",
  "inlet ledger migrate": "needs the right to change tables; before any console runs",
  "inlet ledger recover": "reads Kafka into an empty ledger",
  "inlet blobs init": "takes a blob store into use",
  "inlet topics apply": "needs Kafka's rights to create topics; `inlet lanes apply` is the operation",
  "inlet schemas register": "before any service runs",
  "inlet crm prepare": "needs the CRM's credentials of an administrator",
  "inlet send": "talks to the gateway (`--url`, or `INLET_URL` where it is the gateway's)",
  "inlet replay --dry-run": "runs the services' own steps beside Kafka and the database",
  "inlet list, show, dlq list, dlq show, audit, buffer list, lanes list, reconcile": "read the ledger and Kafka",
};

/** docs/reference/operations.md. Throws where an operation has no line here. */
export function operationsPage(): string[] {
  const rows = OPERATIONS.map((operation) => {
    const { name, path, role, summary } = operation;
    if (!(name in COMMANDS)) throw new Error(`${name}: say in operations-page.ts which command it is`);
    const command = COMMANDS[name] ?? null;
    return [
      `\`${name}\``,
      `\`POST ${path.replaceAll(/:(\w+)/g, "{$1}")}\``,
      role === null ? (name.startsWith("proposal.") ? "that of the proposed operation" : "any") : `\`${role}\``,
      command === null ? "" : `\`${command}\``,
      "measure" in operation ? "yes" : "",
      summary,
    ];
  });
  return [
    "What can be changed in a running Inlet, each defined once: the console's buttons, its API (below `/api/v1`) and the `inlet` command do it the same way,",
    "and it stands in the audit the same way. The names are those of `FOUR_EYES`. **Counts**: `dryRun: true` answers what it would touch; over 1,000 emails it",
    "needs `confirm` (the tenant, or `all tenants`). A role counts for the tenant that is asked about; without one, for every tenant.",
    "",
    ...table(["operation", "address", "role", "command", "counts", "does"], rows),
    "",
    "## Reading by the API",
    "",
    "With `INLET_URL` and `INLET_TOKEN` these ask the console too:",
    "",
    ...table(
      ["command", "address"],
      Object.entries(READ).map(([command, address]) => [`\`${command}\``, `\`${address}\``]),
    ),
    "",
    "## On the machine itself",
    "",
    "These never ask the console:",
    "",
    ...table(
      ["command", "why"],
      Object.entries(LOCAL).map(([command, why]) => [`\`${command}\``, why]),
    ),
  ];
}
