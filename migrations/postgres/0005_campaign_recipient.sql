-- Everybody of a launched campaign's audience. Those with a message are accounted for there.
create table campaign_recipient (
  campaign_id uuid not null references campaign (id),
  contact_id uuid not null,
  outcome text not null check (outcome in ('pending', 'queued', 'skipped')),
  reason text,
  message_id uuid,
  -- Their turn comes no sooner.
  not_before bigint not null,
  decided_at bigint not null,
  primary key (campaign_id, contact_id)
);
create index campaign_recipient_pending on campaign_recipient (campaign_id, not_before, contact_id) where outcome = 'pending';
create index campaign_recipient_skipped on campaign_recipient (campaign_id, reason, contact_id, decided_at) where outcome = 'skipped';
