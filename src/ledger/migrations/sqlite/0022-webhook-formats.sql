-- In which form an endpoint is told: the signed JSON, a chat's message, or a mail.

alter table webhook_endpoints add column format text not null default 'json' check (format in ('json', 'slack', 'teams', 'email'));
