/** Shows what starts, with the time it took: a line a part when it is done and, on a terminal, one line below with what is still awaited. */
export interface Progress {
  begin(part: string, detail?: string): void;
  done(part: string, detail?: string): void;
  /** A line of its own. */
  note(line: string): void;
  /** Takes the waiting line away. */
  close(): void;
}

interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

export function startProgress(output: Terminal, now: () => number = Date.now): Progress {
  const awaited = new Map<string, { since: number; detail: string }>();
  const live = output.isTTY === true;
  let frame = 0;
  const clear = (): void => void (live && output.write("\r\u001B[K"));
  const seconds = (since: number): string => `${((now() - since) / 1000).toFixed(1)} s`.padStart(7);
  const draw = (): void => {
    if (!live || awaited.size === 0) return;
    const waiting = [...awaited].map(
      ([part, { since, detail }]) => `${part}${detail === "" ? "" : ` (${detail})`}${seconds(since)}`,
    );
    frame = (frame + 1) % FRAMES.length;
    output.write(`\r\u001B[K${`${FRAMES[frame]} ${waiting.join("  ")}`.slice(0, (output.columns ?? 80) - 1)}`);
  };
  const line = (text: string): void => {
    clear();
    output.write(`${text}\n`);
    draw();
  };
  const timer = live ? setInterval(draw, 120) : undefined;
  timer?.unref();
  return {
    begin(part, detail = "") {
      const known = awaited.get(part);
      awaited.set(part, { since: known?.since ?? now(), detail });
      // Without a terminal a part that takes long would be silent: say what is going on.
      if (!live && detail !== "" && detail !== known?.detail) line(`  … ${part.padEnd(16)} ${detail}`);
      draw();
    },
    done(part, detail = "") {
      const since = awaited.get(part)?.since ?? now();
      awaited.delete(part);
      line(`  ✓ ${part.padEnd(16)}${seconds(since)}  ${detail}`.trimEnd());
    },
    note: line,
    close() {
      clearInterval(timer);
      clear();
      awaited.clear();
    },
  };
}
