-- A recipient of before the address book has one channel as well; his address is where it was.
UPDATE {schema}.recipients SET contacts = '{"email": null}' WHERE address <> '' AND contacts = '{}';
