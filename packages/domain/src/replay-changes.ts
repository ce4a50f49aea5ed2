/** Field values as written to a CRM, all text. */
export type Fields = Readonly<Record<string, string>>;

/**
 * The fields that a replay may write: those whose desired value changed since Inlet last wrote them, and whose value in the CRM is
 * still what Inlet wrote. What a person changed in the CRM stays (docs/concepts/protocol.md, section 6).
 */
export function fieldsToUpdate(desired: Fields, lastDesired: Fields, inCrm: Fields): Fields {
  const changed: Record<string, string> = {};
  for (const [field, value] of Object.entries(desired)) {
    const before = lastDesired[field];
    if (before === value) continue;
    if ((inCrm[field] ?? "") === (before ?? "")) changed[field] = value;
  }
  return changed;
}
