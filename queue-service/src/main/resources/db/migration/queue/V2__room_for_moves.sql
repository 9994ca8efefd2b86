-- A message of a dead destination is moved on again and again: with as much room in a page as its
-- rows take, their new versions stay in it, and no index has to be written.
alter table deferred set (fillfactor = 50);
