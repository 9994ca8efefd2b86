-- The operator's view of deferred messages: one row for each, rebuilt from the log.
create table deferred (
  id            text        primary key,
  generation    integer     not null,
  attempts      integer     not null,
  arrived_at    timestamptz not null,
  due_at        timestamptz not null,
  sender        text        not null,
  recipients    text        not null, -- the first ones, one on each line
  octets        bigint      not null,
  last_reply    text        not null,
  topic         text        not null, -- where its record lies
  partition     integer     not null,
  record_offset bigint      not null
) with (fillfactor = 80);

create index deferred_by_arrival on deferred (arrived_at, id);
