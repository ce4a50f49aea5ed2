/**
 * The work's result, or what `onLate` answers or throws once it has taken longer than `ms`. The work goes on by itself; how it ends then
 * no longer matters to the caller.
 */
export async function withTimeout<T, L>(ms: number, work: Promise<T>, onLate: () => L): Promise<T | L> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), Math.max(0, ms));
  });
  // Boxed, so that no result of the work is taken for the timer's.
  const done = work.then((value) => ({ value }));
  try {
    const first = await Promise.race([done, late]);
    return first === "late" ? onLate() : first.value;
  } finally {
    clearTimeout(timer);
    // A work that fails after its time is no one's to hear of.
    done.catch(() => {});
  }
}
