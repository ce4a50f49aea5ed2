import { toTimeline, type DeliveryView, type JourneyStep } from "@inlet/ledger";

/** An email as it is followed. */
export interface FollowedEmail extends DeliveryView {
  readonly journey: readonly JourneyStep[];
  /** What holds it, and that in words; null where it does not wait. */
  readonly waits: { readonly code: string; readonly why: string } | null;
}

export interface FollowDeps {
  /** Everything that the id names, as it is now. */
  readonly look: () => Promise<readonly FollowedEmail[]>;
  readonly wait: () => Promise<void>;
  readonly out: (line: string) => void;
}

const ENDS: readonly string[] = ["written", "suppressed", "dead_lettered"];

/** Prints each new step of emails, and each new reason to wait, until all of them have ended. */
export async function followEmails(first: readonly FollowedEmail[], { look, wait, out }: FollowDeps): Promise<void> {
  const told = new Set(first.flatMap((each) => tell(each).map(([key]) => key)));
  let found = first;
  while (found.some(({ state }) => !ENDS.includes(state))) {
    await wait();
    found = await look();
    for (const [key, line] of found.flatMap(tell)) {
      if (told.has(key)) continue;
      told.add(key);
      out(line);
    }
  }
}

/** The steps in the order of time, each with the time since acceptance at the gateway. */
export function formatTimeline(found: Pick<FollowedEmail, "journey"> & DeliveryView): string[] {
  return toTimeline(found, found.journey).map(
    ({ at, what }) => `${new Date(at).toISOString()}  +${String(at - found.receivedAt).padStart(6)} ms  ${what}`,
  );
}

/** Lines, each with what makes it new: why something waits names a time that runs. */
function tell(found: FollowedEmail): [key: string, line: string][] {
  const steps = formatTimeline(found).map((line): [string, string] => [
    `${found.eventId} ${line}`,
    `${found.eventId}  ${line}`,
  ]);
  const { waits } = found;
  const key = `${found.eventId} waits ${waits?.code} ${found.pass} ${found.attempt}`;
  return waits === null ? steps : [...steps, [key, `${found.eventId}  waits: ${waits.why}`]];
}
