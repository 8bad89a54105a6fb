-- Campaigns: one template to many people.

create table campaign (
  id uuid primary key not null,
  business_id uuid not null references business (id),
  connection_id uuid not null references connection (id),
  name text not null,
  template text not null,
  language text not null,
  variables text not null,
  audience text not null,
  state text not null check (state in ('draft', 'scheduled', 'running', 'paused', 'finished', 'cancelled')),
  pause_reason text,
  schedule_at bigint,
  created_at bigint not null,
  created_by text not null,
  launched_at bigint,
  frozen_at bigint,
  finished_at bigint,
  -- How far the ledger was at launch: only opt-outs after it can concern the campaign.
  ledger_seq bigint,
  -- What the preview said at launch, to compare the report with.
  at_launch text
);
create index campaign_by_business on campaign (business_id, id);
-- What a number has to see to: few rows, whatever the number of campaigns that are over.
create index campaign_active on campaign (connection_id, id) where state in ('scheduled', 'running');

-- The people of a campaign whose audience is a list.
create table campaign_member (
  campaign_id uuid not null references campaign (id),
  contact_id uuid not null references contact (id),
  primary key (campaign_id, contact_id)
);

-- Who opted out within the time in which it counts as caused by a campaign, and who answered.
create table campaign_response (
  campaign_id uuid not null references campaign (id),
  contact_id uuid not null references contact (id),
  kind text not null check (kind in ('opt_out', 'reply')),
  at bigint not null,
  primary key (campaign_id, kind, contact_id)
);

-- How far the ledger and the incoming messages were looked through for such responses.
create table campaign_attribution (
  business_id uuid primary key not null references business (id),
  event_seq bigint not null,
  message_id uuid not null
);

alter table message_out add column campaign_id uuid references campaign (id);
-- When what became of it was written down: between handing over and this, it was on the wire.
alter table message_out add column settled_at bigint;
create index message_out_by_campaign on message_out (campaign_id, state, skip_reason, contact_id, delivery, error_code)
where campaign_id is not null;
