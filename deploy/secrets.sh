#!/usr/bin/env bash
# Makes .secrets/ for docker-compose.yml: a password for each user of Kafka, a DSN for each role of the database, the key of the vault.
# Other users of this machine are kept out by the outer folder; each container is given only its own files of the inner ones.
set -euo pipefail
cd "$(dirname "$0")/.."
umask 022
mkdir -m 700 .secrets # fails where it is: no password is ever replaced
mkdir .secrets/kafka .secrets/database

secret() { od -An -tx1 -N32 /dev/urandom | tr -d ' \n'; }

for user in administrator operator auditor enrollment assistance notifications \
    medical-insurance health education disability housing water emergency human-resources civil-affairs public-security assets; do
    secret > ".secrets/kafka/$user"
done

secret > .secrets/database/owner-password
printf 'postgresql://suishi_owner:%s@postgres:5432/suishi' "$(cat .secrets/database/owner-password)" > .secrets/database/owner
for role in enrollment assistance notifications vault auditor; do
    printf 'postgresql://suishi_%s:%s@postgres:5432/suishi' "$role" "$(secret)" > ".secrets/database/$role"
done

secret > .secrets/vault-key
