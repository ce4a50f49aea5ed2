/** Local parts of addresses that programs write from: what reads no answers, and what web servers, forms and forwarders are called. */
const ROBOT =
  /^(?:no[-_.]?reply.*|.*[-_.+]no[-_.]?reply|do[-_.]?not[-_.]?reply.*|donotreply|ne[-_.]?pas[-_.]?repondre|no[-_.]?respond(?:er|a)|nao[-_.]?responda|nao[-_.]?responder|non[-_.]?rispondere|keine[-_.]?antwort|nicht[-_.]?antworten|geen[-_.]?antwoord|svara[-_.]?(?:inte|ej)|svar[-_.]?ikke|ei[-_.]?vastausta|nie[-_.]?odpowiadaj|neodpovidat|unmonitored|auto[-_.]?confirm|wordpress|wp|drupal|joomla|typo3|shopify|website|web[-_.]?(?:site|form|mail(?:er)?|server|formular|master|admin)|www(?:[-_.]?(?:data|run|user))?|web|site|forms?|form[-_.]?(?:mail(?:er)?|handler|submission)|formular(?:io|e)?|formulier|kontakt[-_.]?form(?:ular)?|contact[-_.]?(?:form|us)|contactformulier|mailer|php(?:mailer)?|apache|httpd|nginx|nobody|root|daemon|system|robot|bot|server|notif(?:y|ication|ications|ier)|alerts?|forward(?:er|ed|ing)?|relay|redirect)$/i;
/** What only mail systems are called. */
const DAEMON =
  /^(?:mailer[-_.]?daemon|mail[-_.]?daemon|postmaster|microsoftexchange[0-9a-f]{8,64}|bounces?(?:[-+].*)?)$/i;

/** Whether an address looks as those do that programs write from. It is read, not proof: people have odd addresses. */
export function isRobotAddress(email: string): boolean {
  const local = getLocalPart(email);
  return ROBOT.test(local) || DAEMON.test(local);
}

export function getLocalPart(email: string): string {
  return email.slice(0, Math.max(0, email.lastIndexOf("@"))).slice(0, 128);
}

/** `nora=lind.example`, `nora_at_lind_example_x7k2p9`: whether a local part holds an address, as lists and forwarders rewrite it. */
export function holdsAddress(local: string, email: string): boolean {
  const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_");
  const [name, domain] = [getLocalPart(email), email.slice(email.lastIndexOf("@") + 1)];
  const inside = `_${plain(local)}_`;
  return inside.includes(`_${plain(`${name}_${domain}`)}_`) || inside.includes(`_${plain(`${name}_at_${domain}`)}_`);
}

/** The sender's address that the Sender Rewriting Scheme keeps: `SRS0=hash=day=lind.example=nora`, or behind a second forwarder's `SRS1`. */
export function addressInSrs(local: string): string | null {
  const found =
    /^srs[01][=+-](?:[^=@]{1,40}=[^=@]{1,80}==)?[^=@]{1,40}=[a-z2-7]{2,4}=([a-z0-9.-]{1,190})=([^@\s]{1,64})$/i.exec(
      local,
    );
  return found === null ? null : `${found[2]}@${found[1]}`;
}

/** The address in a local part that a list wrote as `nora=lind.example`, with what it puts before or behind; null where it holds none. */
export function addressInLocalPart(local: string): string | null {
  const found = /(?:^|[+])([^=+@\s]{1,64})=([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,5})$/i.exec(local);
  return found === null ? null : `${found[1]}@${found[2]}`;
}
