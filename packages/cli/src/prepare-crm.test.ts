import { operation, type CallResult, type Crm } from "@inlet/crm";
import { expect, test } from "vitest";
import { prepareCrm } from "./prepare-crm.ts";

const AWAY: CallResult<never> = {
  ok: false,
  fault: { kind: "outage", code: "toy:403", message: "the token may not make fields", unknown: false },
};

/** An account that lacks fields, and the audit of the ledger. */
function account(lacks: readonly string[], verified: CallResult<null> = { ok: true, value: null }) {
  const missing = new Set(lacks);
  const audited: unknown[] = [];
  const crm: Pick<Crm, "kind" | "setup" | "account"> = {
    kind: "toy",
    account: operation(async () => ({ ok: true, value: "toy 7" })),
    setup: {
      prepare: operation(async () => {
        const made = [...missing];
        missing.clear();
        return { ok: true, value: { made } };
      }),
      verify: operation(async () => verified),
      atStart: operation(async () => ({ ok: true, value: null })),
    },
  };
  const ledger = { audit: async (...entry: unknown[]) => void audited.push(entry) };
  return { deps: { crm, ledger, actor: "ada" }, audited };
}

test("what is missing is made once, and audited with its names; again nothing is made or audited", async () => {
  const { deps, audited } = account(["deals.inlet_conversation"]);
  const made = ["deals.inlet_conversation"];
  expect(await prepareCrm(deps, "acme")).toEqual({ account: "toy 7", made });
  expect(await prepareCrm(deps, "acme")).toEqual({ account: "toy 7", made: [] });
  expect(audited).toEqual([["ada", "crm_prepared", { tenant: "acme", crm: "toy", account: "toy 7", made }]]);
});

test("what was made and is not there as it must be is a failure that says why, and what was made is audited", async () => {
  const { deps, audited } = account(["a"], AWAY);
  await expect(prepareCrm(deps, "acme")).rejects.toThrow(
    "acme: the CRM could not be prepared: the token may not make fields (toy:403)",
  );
  expect(audited).toHaveLength(1);
});
