#!/usr/bin/env bash
# Makes .secrets/ for docker-compose.yml: a password for each user of Kafka, a DSN for each role of the database, the keys of vault and sealer.
# Other users of this machine are kept out by the outer folder; each container is given only its own files of the inner ones.
set -euo pipefail
cd "$(dirname "$0")/.."
umask 022
mkdir -m 700 .secrets # fails where it is: no password is ever replaced
mkdir .secrets/kafka .secrets/database

secret() { od -An -tx1 -N32 /dev/urandom | tr -d ' \n'; }

for user in administrator operator auditor sealer enrollment assistance notifications \
    medical-insurance health education disability housing water emergency human-resources civil-affairs public-security assets; do
    secret > ".secrets/kafka/$user"
done

secret > .secrets/database/owner-password
printf 'postgresql://suishi_owner:%s@postgres:5432/suishi' "$(cat .secrets/database/owner-password)" > .secrets/database/owner
for role in enrollment assistance notifications vault auditor sealer; do
    printf 'postgresql://suishi_%s:%s@postgres:5432/suishi' "$role" "$(secret)" > ".secrets/database/$role"
done

secret > .secrets/vault-key

openssl genpkey -algorithm ed25519 -out .secrets/seal-key.pem
openssl pkey -in .secrets/seal-key.pem -pubout -out .secrets/seal-public.pem
chmod 644 .secrets/seal-key.pem # as the others: the container that it is given to runs as another user
