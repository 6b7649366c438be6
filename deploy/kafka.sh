#!/usr/bin/env bash
# Gives the broker its users before its first start, then starts it as its image does. Passwords are read from files and stay off command lines.
set -euo pipefail
passwords=/run/secrets/kafka
administrator=$(cat "$passwords/administrator")
login="required username=\"administrator\" password=\"$administrator\""

if [ ! -e "$KAFKA_LOG_DIRS/meta.properties" ]; then
    umask 077
    folder=$(mktemp -d)
    cat > "$folder/format.properties" <<END
process.roles=$KAFKA_PROCESS_ROLES
node.id=$KAFKA_NODE_ID
controller.quorum.voters=$KAFKA_CONTROLLER_QUORUM_VOTERS
controller.listener.names=$KAFKA_CONTROLLER_LISTENER_NAMES
inter.broker.listener.name=$KAFKA_INTER_BROKER_LISTENER_NAME
listeners=$KAFKA_LISTENERS
advertised.listeners=$KAFKA_ADVERTISED_LISTENERS
listener.security.protocol.map=$KAFKA_LISTENER_SECURITY_PROTOCOL_MAP
log.dirs=$KAFKA_LOG_DIRS
END
    cluster=$(java -cp '/opt/kafka/libs/*' kafka.tools.StorageTool random-uuid)
    {
        printf '"%s"\n' -cp '/opt/kafka/libs/*' kafka.tools.StorageTool format -t "$cluster" -c "$folder/format.properties"
        for file in "$passwords"/*; do
            printf '"%s"\n' --add-scram "SCRAM-SHA-512=[name=$(basename "$file"),password=$(cat "$file")]"
        done
    } > "$folder/arguments"
    java "@$folder/arguments"
    rm -r "$folder"
fi

export KAFKA_LISTENER_NAME_CLIENTS_SCRAM___SHA___512_SASL_JAAS_CONFIG="org.apache.kafka.common.security.scram.ScramLoginModule $login;"
export KAFKA_LISTENER_NAME_HOST_SCRAM___SHA___512_SASL_JAAS_CONFIG="$KAFKA_LISTENER_NAME_CLIENTS_SCRAM___SHA___512_SASL_JAAS_CONFIG"
export KAFKA_LISTENER_NAME_CONTROLLER_PLAIN_SASL_JAAS_CONFIG="org.apache.kafka.common.security.plain.PlainLoginModule $login user_administrator=\"$administrator\";"
exec /etc/kafka/docker/run
