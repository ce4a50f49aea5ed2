/** Messages of a thread that are looked for: the one that is answered, the newest before it, and the first. */
const MOST_REFERENCES = 20;

/** Best first: In-Reply-To, then References from the newest; of a long thread the first is kept too. */
export function getReferences(event: {
  inReplyTo: string | null;
  references: readonly string[];
  messageId: string | null;
}): string[] {
  const newestFirst = event.references.toReversed();
  const all = [...new Set([...(event.inReplyTo === null ? [] : [event.inReplyTo]), ...newestFirst])].filter(
    (id) => id !== event.messageId,
  );
  return all.length <= MOST_REFERENCES ? all : [...all.slice(0, MOST_REFERENCES - 1), ...all.slice(-1)];
}
