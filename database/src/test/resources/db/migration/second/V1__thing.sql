create table second.thing (id int primary key);
