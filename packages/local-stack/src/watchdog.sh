#!/bin/sh
# Ends what its parent started, should the parent die without doing so (kill -9, out of memory).
# Standard input: lines "add PID SIGNAL" and "remove PID". When it ends, every process group still listed gets its signal and,
# ten seconds later, KILL. The signals of a terminal are not for us: the parent decides.
trap '' INT TERM HUP

groups=""
while read -r verb pid signal; do
  case $verb in
    add) groups="$groups $pid:$signal" ;;
    remove)
      kept=""
      for group in $groups; do
        [ "${group%%:*}" = "$pid" ] || kept="$kept $group"
      done
      groups=$kept
      ;;
  esac
done

[ -n "$groups" ] || exit 0
for group in $groups; do
  kill -s "${group#*:}" -- "-${group%%:*}" 2>/dev/null
done

rounds=0
while [ "$rounds" -lt 40 ]; do
  alive=""
  for group in $groups; do
    kill -s 0 -- "-${group%%:*}" 2>/dev/null && alive=yes
  done
  [ -n "$alive" ] || exit 0
  sleep 0.25
  rounds=$((rounds + 1))
done

for group in $groups; do
  kill -s KILL -- "-${group%%:*}" 2>/dev/null
done
