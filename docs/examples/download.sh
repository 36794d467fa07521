#!/bin/sh
# Brings one video home: download.sh LINK FILE. Set SITE and KEY.
set -eu
link=$1 file=$2

fail() {
  echo "$*" >&2
  exit 1
}

api() { # method, path, body: what it says is in $answer then
  answer=$(curl --silent --show-error --fail-with-body --request "$1" "$SITE/api/v1$2" \
    --header "Authorization: Bearer $KEY" --header 'Content-Type: application/json' \
    ${3:+--data "$3" --header "Idempotency-Key: $(printf %s "$3" | cksum | tr ' ' -)"}) ||
    fail "$(say '"\(.code): \(.detail)"')"
}

say() { printf %s "$answer" | jq --raw-output "$1"; }

api POST /downloads "$(jq -n --arg url "$link" '{url: $url}')"
id=$(say .id)

while :; do
  api GET "/downloads/$id"
  case $(say .status) in
    completed) break ;;
    failed) fail "$(say '"\(.error.message) \(.error.advice)"')" ;;
    cancelled) fail 'Cancelled.' ;;
  esac
  sleep 1
done

curl --silent --show-error --fail --output "$file" "$SITE/api/v1/videos/$(say .video_id)/file" \
  --header "Authorization: Bearer $KEY"
echo "$(say .file.sha256)  $file" | sha256sum --check
