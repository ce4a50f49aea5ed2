/**
 * SQL for whether a legal hold keeps a delivery, whose alias is given: every field of the hold that is not null fits it. A conversation is meant
 * whole, under each of its ids.
 */
export function isHeld(d: string): string {
  return `exists (select from legal_holds h where h.tenant = ${d}.tenant and h.released_at is null
      and (h.event_id is null or h.event_id = ${d}.event_id)
      and (h.conversation_id is null or h.conversation_id = ${d}.conversation_id
           or h.conversation_id in (select c.canonical_id from conversations c where c.tenant = ${d}.tenant and c.conversation_id = ${d}.conversation_id)
           or ${d}.conversation_id in (select c.conversation_id from conversations c where c.canonical_id = (
                select o.canonical_id from conversations o where o.tenant = h.tenant and o.conversation_id = h.conversation_id) and c.tenant = h.tenant))
      and (h.person is null
           or exists (select from email_writers w where w.tenant = ${d}.tenant and w.event_id = ${d}.event_id and w.person = h.person)
           or ${d}.effects @> jsonb_build_array(jsonb_build_object('effect', 'contact', 'key', h.address)))
      and (h.from_at is null or ${d}.received_at >= h.from_at) and (h.until_at is null or ${d}.received_at <= h.until_at))`;
}
