create table first.thing (id int primary key);
