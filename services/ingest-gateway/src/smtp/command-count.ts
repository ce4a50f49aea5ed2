/** Counts the commands of each connection since its last message: NOOP, RSET and the like cost little, but a client can send them for an hour. */
export interface CommandCount {
  /** For smtp-server, which tells of commands that mean nothing (NOOP, VRFY, HELP) only here. Nothing is written: its lines hold addresses. */
  readonly logger: Record<"debug" | "info" | "warn" | "error", (entry?: unknown) => void>;
  begin(connection: string): void;
  end(connection: string): void;
}

/** @param tooMany called once for a connection that has sent more than `most` */
export function createCommandCount(most: number, tooMany: (connection: string) => void): CommandCount {
  const counts = new Map<string, number>();
  const ignore = (): void => undefined;
  return {
    logger: {
      debug(entry) {
        const { tnx, cid } = (entry ?? {}) as { readonly tnx?: string; readonly cid?: string };
        if (tnx !== "command" || cid === undefined) return;
        const count = (counts.get(cid) ?? 0) + 1;
        counts.set(cid, count);
        if (count === most + 1) tooMany(cid);
      },
      info: ignore,
      warn: ignore,
      error: ignore,
    },
    begin: (connection) => void counts.set(connection, 0),
    end: (connection) => void counts.delete(connection),
  };
}
