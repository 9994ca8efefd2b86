-- A message is found by any of its recipients, and by what it waits for. The rows of earlier versions know neither,
-- so the view is filled again from the log.
truncate deferred, log_position;

alter table deferred
  add column recipient_count integer not null,
  add column reason          text    not null, -- empty where it is not known
  add column destination     text    not null; -- which the whole message waits for, empty where there is none

comment on column deferred.recipients is 'all of them, one on each line';
