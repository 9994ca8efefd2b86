-- What an operator has made verification forget: answers that were asked for before do not count,
-- whatever address they are kept under.
create table callout_forgotten (
  subject      text        primary key, -- an address or a domain
  forgotten_at timestamptz not null
);
