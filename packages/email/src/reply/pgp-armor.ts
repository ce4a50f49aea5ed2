const SIGNED = /^-----BEGIN PGP SIGNED MESSAGE-----[ \t]{0,8}$/;
const SIGNATURE = /^-----BEGIN PGP SIGNATURE-----[ \t]{0,8}$/;
const SIGNATURE_END = /^-----END PGP SIGNATURE-----[ \t]{0,8}$/;

/** The text inside of OpenPGP's cleartext framework (RFC 9580, 7), without its headers, escapes and signature. Linear. */
export function withoutPgpArmor(text: string): string {
  if (!text.includes("-----BEGIN PGP SIGN")) return text;
  const kept: string[] = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] as string;
    if (SIGNED.test(line)) {
      while (at + 1 < lines.length && lines[at + 1] !== "") at += 1;
      at += 1;
    } else if (SIGNATURE.test(line)) {
      while (at < lines.length && !SIGNATURE_END.test(lines[at] as string)) at += 1;
    } else kept.push(line.startsWith("- -") ? line.slice(2) : line);
  }
  return kept.join("\n");
}
