-- The two roles and the database, made once by a superuser:
--   psql -v owner_password=... -v app_password=... -f docker/roles.sql postgresql://postgres@HOST/postgres
-- The owner migrates. The app owns nothing: it can neither delete links nor switch the guard off.
\set ON_ERROR_STOP on
create role pegboard_owner login password :'owner_password';
create role pegboard_app login password :'app_password';
create database pegboard owner pegboard_owner encoding 'UTF8' template template0;
revoke all on database pegboard from public;
grant connect on database pegboard to pegboard_app;
