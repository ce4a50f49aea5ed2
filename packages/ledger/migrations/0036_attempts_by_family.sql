-- Each family of faults has its own counter of attempts. `attempt` is their sum, as operators see it.
alter table waiting add column attempts jsonb not null default '{}';
-- Until now all of them were counted together; by far most are a CRM's, or in parsing a fetch's.
update waiting set attempts = jsonb_build_object(case stage when 'parse' then 'fetch' else 'crm' end, attempt) where attempt > 0;
