import type { WrittenTenantFiles } from "@inlet/config";
import { getCrmKind } from "@inlet/crm";
import type { Ledger } from "@inlet/ledger";

/** Finds where people see what Inlet wrote. */
export interface RecordLinks {
  /** Addresses of records in the tenant's CRM, by `effect key`; what has no page that Inlet knows is absent. */
  find(tenant: string, effects: readonly WrittenEffect[]): Promise<ReadonlyMap<string, string>>;
}

export interface WrittenEffect {
  readonly effect: string;
  readonly key: string;
  readonly recordId: string | null;
}

export interface RecordLinksDeps {
  readonly inspect: Pick<Ledger["inspect"], "recordAccounts">;
  readonly files: WrittenTenantFiles;
  /** What `env:NAME` in a file stands for; null where this process does not know it. */
  readonly resolve: (name: string) => string | null;
}

export function createRecordLinks({ inspect, files, resolve }: RecordLinksDeps): RecordLinks {
  return {
    find: async (tenant, effects) => {
      const crm = (await files.get(tenant))?.crm;
      const written = effects.filter(({ recordId }) => recordId !== null);
      if (crm === undefined || written.length === 0) return new Map();
      const { baseUrl: asWritten = "" } = crm as { baseUrl?: string };
      const baseUrl = asWritten.startsWith("env:") ? (resolve(asWritten.slice(4)) ?? "") : asWritten;
      const accounts = await inspect.recordAccounts(
        tenant,
        written.map(({ effect, key }) => ({ effect, key })),
      );
      return new Map(
        written.flatMap(({ effect, key, recordId }): [string, string][] => {
          const at = accounts.find((each) => each.effect === effect && each.key === key);
          // What an earlier CRM of the tenant holds is not behind today's address.
          if (at === undefined || at.kind !== crm.kind) return [];
          const place = { account: at.account, effect, recordId: recordId ?? "" };
          const url = getCrmKind(at.kind).recordLink?.(baseUrl, place) ?? null;
          return url === null ? [] : [[toEffectId({ effect, key }), url]];
        }),
      );
    },
  };
}

export function toEffectId({ effect, key }: Pick<WrittenEffect, "effect" | "key">): string {
  return `${effect} ${key}`;
}
