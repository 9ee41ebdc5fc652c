-- Photos belong to the tenant that sent them. Null: the row is of before, or of a process of before that runs beside this one; such a photo is everybody's
-- whose jobs use it. `sha256` holds the content's hash and the tenant from now on, so that two tenants share no file; its name stays, for that process.

alter table uploads add column tenant text;
