import { openTenantDirectory } from "./tenant-directory.ts";
import type { LoadTenantsOptions } from "./tenant-directory.ts";
import type { Tenants } from "../types.ts";

/**
 * Reads every `<id>.yaml` of the directory. A broken file is a fault of its own tenant: the others are served, and its email waits until it is
 * repaired. Where not one file is in order, throws {@link ConfigError} with all faults of all files.
 * A change of a file, or of a secret's file, is taken over by itself; a broken file keeps its last good version in force and
 * shows in `faults()`. A change counts when two looks in a row saw the same: a file that is being written is never read partially, and
 * a tenant whose file an editor replaces stays.
 */
export async function loadTenants(options: LoadTenantsOptions): Promise<Tenants> {
  const directory = openTenantDirectory(options);
  let stopped = false;
  let wake: () => void = () => {};
  const looking = (async () => {
    for (;;) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, options.pollMs ?? 2000);
        timer.unref();
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      if (stopped) return;
      await directory.look();
    }
  })();
  return {
    ...directory.tenants,
    close: async () => {
      stopped = true;
      wake();
      await looking;
    },
  };
}
