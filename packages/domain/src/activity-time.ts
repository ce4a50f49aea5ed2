const DAY_MS = 86_400_000;
/** How far a sender's clock may be ahead. */
const AHEAD_MS = DAY_MS;
/** How long an email may have been on its way, or lain in a mailbox that is read late. */
const BEHIND_MS = 365 * DAY_MS;

/**
 * The moment under which an email stands in the CRM: its Date header, where that can be true, else when it came. Anybody may write any Date, and one
 * of 2099 would stand on top of a contact's timeline for ever.
 */
export function activityTime(email: { readonly date: number | null; readonly receivedAt: number }): {
  /** Epoch ms. */
  readonly at: number;
  readonly warning: "date_implausible" | null;
} {
  const { date, receivedAt } = email;
  if (date === null) return { at: receivedAt, warning: null };
  const plausible = date <= receivedAt + AHEAD_MS && date >= receivedAt - BEHIND_MS;
  return plausible ? { at: date, warning: null } : { at: receivedAt, warning: "date_implausible" };
}
