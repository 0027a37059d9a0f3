#!/bin/sh
# Founds the federation of compose.yaml: keys, configuration and trust of five members.
#
#   $MEMBERS/<member>/      one volume each, becomes /var/lib/ydx of that member
#   $FOUNDING/federation/   trust/ as handed to the members, offline-keys/ to be taken away
#
# Does nothing when all is there. One process holds all keys here: right for a trial, wrong for a
# federation of organisations, where each makes its own (README.md, "From the first member to five").
set -eu

members=${MEMBERS:-/members}
founding=${FOUNDING:-/founding}
domain=${DOMAIN:-delta.example}
owner=${OWNER:-10001:10001}

regions="shanghai=310000 jiangsu=320000 zhejiang=330000 anhui=340000 center=310000"

if [ -e "$members/center/trust/root.json" ]; then # the center's is the last step
  echo "founded already" >&2
  exit 0
fi

for member in $regions; do
  name=${member%=*}
  ydx init --member "$name" --federation "$domain" --region "${member#*=}" \
    --endpoint "$name.ydx:7400" --folder "$members/$name" >"$founding/$name.line"
done

digest=$(ydx federation init --center center --out "$founding/federation" "$founding"/*.line)

for member in $regions; do
  folder=$members/${member%=*}
  ydx federation install --root "$founding/federation/trust/root.json" \
    --fingerprint "$digest" --folder "$folder"
  chown -R "$owner" "$folder"
done
