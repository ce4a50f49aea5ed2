import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js";
import type { CountryCode } from "libphonenumber-js";

const CANDIDATE = /(?<![\w@+/])(?:\+|00)?\(?\d[\d ().\u00A0\u202F/-]{5,22}\d(?![\w@])/g;
const DATE = /\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{4}|\d{1,2}:\d{2}/;
/** Country domains that anyone registers say nothing about a country. */
const GENERIC = new Set(["ai", "cc", "co", "fm", "gg", "im", "io", "ly", "me", "sh", "to", "tv", "vc", "ws"]);

/**
 * Phone numbers of one line (at most 200 characters): E.164 where the number has a country code or is valid in the
 * country of the sender's domain, else as written. libphonenumber says what is a number.
 */
export function phonesIn(line: string, email: string | null): string[] {
  const country = findCountry(email);
  return [...line.slice(0, 200).matchAll(CANDIDATE)].flatMap(([found]) => {
    const digits = found.replace(/\D/g, "");
    if (digits.length < 7 || digits.length > 17 || DATE.test(found)) return [];
    // `+44 (0)20 …`: the national prefix is not part of an international number.
    const international = /^\(?(?:\+|00)/.test(found) ? found.replace(/\(0\)/, "").replace(/^\(?00/, "+") : null;
    const number = parsePhoneNumberFromString(
      international ?? found,
      country === null ? undefined : { defaultCountry: country },
    );
    if (number?.isValid() === true) return [number.number];
    if (international !== null) return [`+${international.replace(/\D/g, "")}`];
    return [found.replace(/\s+/g, " ").trim()];
  });
}

/** The country whose domain the address is in. */
function findCountry(email: string | null): CountryCode | null {
  const top = /\.([a-z]{2})$/i.exec(email ?? "")?.[1]?.toLowerCase();
  if (top === undefined || GENERIC.has(top)) return null;
  const code = top === "uk" ? "GB" : top.toUpperCase();
  return isSupportedCountry(code) ? code : null;
}
