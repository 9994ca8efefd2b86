-- Up to where the view has taken each partition of the log: written with the rows, in one transaction. Without an entry
-- the view takes a partition from its beginning.
create table log_position (
  topic       text    not null,
  partition   integer not null,
  next_offset bigint  not null,
  primary key (topic, partition)
);
