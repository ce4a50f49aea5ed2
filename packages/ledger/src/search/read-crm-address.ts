/** Ids of the record that a CRM's page shows, by the shapes of its address; empty for an address of none of them. */
export function readCrmAddress(url: URL): string[] {
  const host = url.hostname;
  if (/(^|\.)hubspot\.com$/.test(host)) return found(HUBSPOT.exec(url.pathname)?.[1]);
  if (/(^|\.)pipedrive\.com$/.test(host)) return found(PIPEDRIVE.exec(url.pathname)?.[1]);
  if (/\.(?:force|salesforce)\.com$/.test(host)) return readSalesforce(url.pathname);
  return readOdoo(url);
}

const HUBSPOT = /^\/contacts\/\d{1,20}\/(?:record\/[\w-]{1,40}|contact|company|deal|ticket)\/(\d{1,20})(?:\/|$)/;
const PIPEDRIVE = /^\/(?:deal|person|organization|activities|leads?)\/(?:inbox\/)?([\w-]{1,40})(?:\/|$)/;
const SALESFORCE = /^\/(?:lightning\/r\/(?:[A-Za-z]\w{0,60}\/)?)?([a-zA-Z0-9]{15}|[a-zA-Z0-9]{18})(?:\/|$)/;
/** `/odoo/crm/42`, `/odoo/crm.lead/42`, with the id of an action between. */
const ODOO = /^\/(?:odoo|web)\/(?:[\w.-]{1,60}\/)*(\d{1,12})$/;

/** Odoo's own host is anything: what its pages look like tells. */
function readOdoo({ pathname, hash, searchParams }: URL): string[] {
  const fragment = new URLSearchParams(hash.replace(/^#/, ""));
  const model = fragment.get("model") ?? searchParams.get("model");
  const id = fragment.get("id") ?? searchParams.get("res_id") ?? searchParams.get("id");
  if (model !== null && /^\d{1,12}$/.test(id ?? "")) return found(id);
  return found(ODOO.exec(pathname)?.[1]);
}

/** Its ids have 15 characters, where case counts, or these and three that say of which the case is. */
function readSalesforce(pathname: string): string[] {
  const id = SALESFORCE.exec(pathname)?.[1];
  if (id === undefined) return [];
  return id.length === 18 ? [id] : [id, `${id}${checkCase(id)}`];
}

const CHECKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

function checkCase(id: string): string {
  return [0, 5, 10]
    .map((from) => {
      const upper = Array.from(id.slice(from, from + 5), (letter, index) => (/[A-Z]/.test(letter) ? 1 << index : 0));
      return CHECKS.charAt(upper.reduce<number>((sum, bit) => sum + bit, 0));
    })
    .join("");
}

function found(id: string | null | undefined): string[] {
  return id === null || id === undefined ? [] : [id];
}
