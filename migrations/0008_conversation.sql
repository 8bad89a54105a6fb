-- The inbox: one conversation with each person who wrote, or was written to by somebody at the business.

create table conversation (
  contact_id uuid primary key not null references contact (id),
  business_id uuid not null references business (id),
  -- The number the last message went through.
  connection_id uuid not null references connection (id),
  status text not null check (status in ('open', 'snoozed', 'resolved')),
  -- The last message, either way.
  last_at bigint not null,
  last_id uuid not null,
  preview text not null,
  incoming boolean not null,
  -- Messages that came in since somebody read it.
  unread bigint not null,
  -- Since when the person waits for an answer.
  waiting_since bigint,
  assignee_id uuid references app_user (id),
  snoozed_until bigint
);
create index conversation_by_status on conversation (business_id, status, last_at, contact_id);
create index conversation_by_assignee on conversation (assignee_id, last_at, contact_id) where assignee_id is not null;
create index conversation_unassigned on conversation (business_id, last_at, contact_id)
  where assignee_id is null and status = 'open';
create index conversation_unread on conversation (business_id, last_at, contact_id) where unread > 0;
create index conversation_waiting on conversation (business_id, waiting_since, contact_id) where waiting_since is not null;
create index conversation_snoozed on conversation (snoozed_until) where status = 'snoozed';

-- What colleagues note, and what they do with a conversation.
create table conversation_entry (
  id uuid primary key not null,
  business_id uuid not null references business (id),
  contact_id uuid not null references contact (id),
  kind text not null check (kind in ('note', 'assigned', 'unassigned', 'resolved', 'reopened', 'snoozed', 'overridden')),
  author text not null,
  -- The note, whom it was assigned to, until when it sleeps, the promotion that was let through.
  body text not null,
  created_at bigint not null
);
create index conversation_entry_by_contact on conversation_entry (contact_id, id);

-- What is at hand: the people who wrote before there was an inbox.
insert into conversation (contact_id, business_id, connection_id, status, last_at, last_id, preview, incoming, unread)
select m.contact_id, m.business_id, m.connection_id, 'open', m.received_at, m.id, m.preview, true, 0
from message_in m
where not exists (select 1 from message_in later where later.contact_id = m.contact_id and later.id > m.id);
