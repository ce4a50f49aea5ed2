import type { Mailbox } from "@inlet/schemas";
import { isAddress } from "../headers/addresses.ts";

/** Labels of a form's fields, lower-case, by language. */
const EMAIL =
  /^(?:your |ihre |votre |tu |su |il tuo |uw |din |twój |váš )?(?:e-?mail|mail|courriel|correo|e-?post|sähköposti|электронн\p{L}+ почт\p{L}+|почта|メールアドレス|メール|邮箱|电子邮件|電子郵件|이메일|ηλεκτρονικό ταχυδρομείο)(?:[- ]?(?:address|adresse|adres|addresse|electrónico|électronique|adress|osoite|adresi))?(?: de contacto)?$/u;
const NAME =
  /^(?:your |ihr |votre |tu |su |il tuo |uw |ditt |twoje |vaše )?(?:full |vollständiger |customer |contact )?(?:name|nom(?: complet)?|nombre(?: completo)?|nome(?: completo)?|naam|namn|navn|nimi|imię(?: i nazwisko)?|jméno|név|nume|имя|ім'я|isim|ad soyad|όνομα|お名前|氏名|姓名|이름|vor- und nachname)$/u;
const LABELLED = /^[\s*>•-]{0,6}([\p{L}][\p{L}\p{M}'’ -]{1,38}?)\s?\*{0,2}\s?[:：](.*)$/u;
const MOST_LINES = 200;

/** Whom the lines of a form name: `Name: Pia Holm`, `E-mail: pia@holm.example`, the value behind the colon or on the next line; null where they name none, or two. */
export function readFormLines(text: string): Mailbox | null {
  const lines = text.split("\n", MOST_LINES).map((line) => line.slice(0, 400).trim());
  const emails = new Set<string>();
  let name: string | null = null;
  lines.forEach((line, at) => {
    const [, label = "", behind = ""] = LABELLED.exec(line) ?? [];
    if (label === "") return;
    const value = (behind.trim() === "" ? (lines[at + 1] ?? "") : behind).replaceAll("*", "").trim();
    if (EMAIL.test(label.toLowerCase())) {
      const address = /[^\s<>()[\],;:"]{1,64}@[^\s<>()[\],;:"]{1,255}/.exec(value)?.[0];
      if (address !== undefined && isAddress(address)) emails.add(address.toLowerCase());
    } else if (name === null && NAME.test(label.toLowerCase()) && value !== "" && !value.includes("@")) {
      name = value.slice(0, 200);
    }
  });
  const [email] = emails;
  return email === undefined || emails.size > 1 ? null : { name, email };
}
