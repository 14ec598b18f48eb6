import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'pod-resolver',
  is: "the files that a pod's name look-ups go by",
  where: 'namespaces',
  when: 'once',
  gives: ['resolv-conf', 'hosts'],
  shell: `
for name in resolv.conf hosts; do
  own=
  if [ -n "$NETNS_NAME" ] && [ -r "/etc/netns/$NETNS_NAME/$name" ]; then own=/etc/netns/$NETNS_NAME/$name
  elif [ "$PID" != - ] && [ -r "/proc/$PID/root/etc/$name" ] && ! same_file "/proc/$PID/root/etc/$name" "/etc/$name"; then own=/proc/$PID/root/etc/$name; fi
  case $name in hosts) format=hosts ;; *) format=resolv-conf ;; esac
  [ -z "$own" ] || file pod-resolver $format "$own"
done
`,
});
