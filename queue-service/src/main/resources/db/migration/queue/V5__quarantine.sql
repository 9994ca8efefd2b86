-- The quarantine: one row for each message that was put aside. Unlike the other tables this one is not filled again from
-- the log: it is the only place that knows of these messages.
create table quarantine (
  id              text        primary key,
  state           text        not null, -- HELD or RELEASING
  arrived_at      timestamptz not null,
  since           timestamptz not null,
  sender          text        not null,
  recipients      text        not null, -- all of them, one on each line
  recipient_count integer     not null,
  octets          bigint      not null, -- of the content, which lies beside the content store
  finding         text        not null,
  results         text        not null, -- of the scanners, as JSON
  envelope        bytea       not null  -- as in a record of the log, without content
);

create index quarantine_by_arrival on quarantine (arrived_at, id);
create index quarantine_by_since on quarantine (since);
