-- A tenant moves to another lane: mail of the new lane waits (lane_moving) until what the old lane holds of the tenant has passed its parser and its
-- sink. Then what still waits of the old lane belongs to the new one, since the old one may have no readers any more, and what was held takes its place
-- behind all of it: some of that may have begun to wait later. Answers how many were held.
create function end_lane_move(p_tenant text, p_from text, p_to text) returns bigint language plpgsql as $$
declare
  v_event text;
  v_held bigint := 0;
begin
  update waiting set lane = p_to where tenant = p_tenant and lane = p_from;
  for v_event in select event_id from waiting where tenant = p_tenant and code = 'lane_moving' order by seq loop
    update waiting set seq = default, due_at = clock_timestamp() where tenant = p_tenant and event_id = v_event;
    v_held := v_held + 1;
  end loop;
  update waiting w set behind = exists (select 1 from waiting b where b.conversation_id = w.conversation_id and b.tenant || '' = w.tenant
                                           and b.seq < w.seq)
   where w.tenant = p_tenant and w.conversation_id in (select conversation_id from waiting where tenant = p_tenant and code = 'lane_moving');
  return v_held;
end
$$;
