-- Domains, mailboxes and aliases in the form under which addresses are looked up: lower case, domains as A-labels.

create table routing.domain (
  name text primary key check (name = lower(name) and length(name) between 1 and 255)
);

create table routing.mailbox (
  domain text not null references routing.domain (name),
  name text not null check (name ~ '^[a-z0-9_][a-z0-9_.-]{0,63}$'),
  created bigint generated always as identity, -- the first mailbox of a domain is its postmaster's
  primary key (domain, name)
);

-- An empty name stands for every address of the domain that is nothing else. The value is what tables of text have:
-- addresses with commas between them, or error:…
create table routing.alias (
  domain text not null references routing.domain (name),
  name text not null check (name = lower(name) and length(name) <= 255),
  value text not null check (length(value) between 1 and 100000),
  primary key (domain, name)
);

-- Counts the transactions that have changed any of them, so that readers notice by looking at one row.
create table routing.revision (
  number bigint not null
);
insert into routing.revision values (0);

create function routing.count_change() returns trigger language plpgsql as $$
begin
  update routing.revision set number = number + 1;
  return null;
end
$$;

create trigger domain_changed after insert or update or delete or truncate on routing.domain
  for each statement execute function routing.count_change();
create trigger mailbox_changed after insert or update or delete or truncate on routing.mailbox
  for each statement execute function routing.count_change();
create trigger alias_changed after insert or update or delete or truncate on routing.alias
  for each statement execute function routing.count_change();
