-- A notice that waited before these were told of it has what the log gives it when it is read again.
UPDATE {schema}.awaiting SET notice = '{"urgency": "normal", "area": "", "level": "village", "escalates": false}'::jsonb || notice;
