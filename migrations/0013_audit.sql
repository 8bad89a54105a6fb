-- What people of a business did with it. No personal data of customers: ids only.
create table audit_entry (
  id uuid primary key not null,
  business_id uuid not null references business (id),
  actor text not null,
  action text not null,
  subject text not null,
  at bigint not null
);
create index audit_by_business on audit_entry (business_id, id);
create index audit_by_actor on audit_entry (business_id, actor, id);
create index audit_by_action on audit_entry (business_id, action, id);
