-- Expired tokens are deleted, oldest first.
create index refresh_tokens_expiry on refresh_tokens (expires_at);
