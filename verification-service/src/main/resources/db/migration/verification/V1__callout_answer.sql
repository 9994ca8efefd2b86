-- Answers of next hops to RCPT that are to outlive the process.
create table callout_answer (
  destination text        not null,
  recipient   text        not null,
  sender      text        not null, -- empty for the null reverse-path
  domain      text        not null, -- the recipient's
  host        text        not null, -- empty where it is not known
  address     text        not null,
  port        integer     not null,
  reply       text        not null,
  heard_at    timestamptz not null,
  primary key (destination, recipient, sender)
) with (fillfactor = 80);

create index callout_answer_by_time on callout_answer (heard_at);
create index callout_answer_by_recipient on callout_answer (recipient);
create index callout_answer_by_domain on callout_answer (domain);
