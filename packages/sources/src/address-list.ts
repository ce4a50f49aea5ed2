/** Addresses as the value of a header field (RFC 5322 3.4), names quoted; null when there are none. */
export function addressList(
  entries: readonly { readonly name: string | null; readonly email: string | null }[],
): string | null {
  const written = entries.flatMap(({ name, email }) => {
    if (email === null) return [];
    return name === null || name.trim() === "" ? [`<${email}>`] : [`"${name.replace(/[\\"]/g, "\\$&")}" <${email}>`];
  });
  return written.length === 0 ? null : written.join(", ");
}
