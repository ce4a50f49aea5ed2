import { operation, type CrmKind } from "@inlet/crm";
import type { z } from "zod";
import { toyRecords } from "./records.ts";
import { readToy, toyFile, type ToySettings } from "./settings.ts";
import { createToyServer, failed, outage, type ToyServer } from "./toy-server.ts";

const OWN_FIELD = "inlet_key";
const TOKENS_A_DAY = 30_000;

/** The toy as a kind: the server stands for its address. */
export function toyKind(server: ToyServer = createToyServer()): CrmKind<z.output<typeof toyFile>, ToySettings> {
  return {
    name: "toy",
    file: toyFile,
    batching: false,
    read: readToy,
    create: ({ seats, contactAs, baseUrl, token }, { onCall }) => {
      const away = new URL(baseUrl).port === "9";
      const reached: ToyServer = away ? { ...server, request: async () => failed("toy:connect", false) } : server;
      const verify = operation(async () =>
        server.fields.has(OWN_FIELD)
          ? { ok: true as const, value: null }
          : { ok: false as const, fault: { ...outage("toy:not-prepared", false), message: "run inlet crm prepare" } },
      );
      return {
        kind: "toy",
        records: toyRecords(reached, contactAs),
        setup: {
          prepare: operation(async () => {
            const made = server.fields.has(OWN_FIELD) ? [] : [OWN_FIELD];
            server.fields.add(OWN_FIELD);
            return { ok: true, value: { made } };
          }),
          verify,
          // Two that make a field at once make two: only an operator does.
          atStart: verify,
        },
        quotas: [{ unit: "tokens", amount: TOKENS_A_DAY * seats, perMs: 86_400_000 }],
        account: operation(async () => ({ ok: true, value: `toy ${token.reveal().length}` })),
        ping: async () => {
          const budgets = [{ unit: "tokens", left: 40, resetMs: 5_000 }];
          onCall?.({ operation: "toy GET /me", status: 200, ms: 1, outcome: "ok", code: null, budgets });
          return away ? failed("toy:connect", false) : { ok: true, value: null };
        },
        close: async () => {},
      };
    },
  };
}
