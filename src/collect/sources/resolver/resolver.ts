import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'resolver',
  is: 'the files that name look-ups go by',
  where: 'node',
  when: 'once',
  gives: ['resolv-conf', 'hosts'],
  shell: `
file resolver resolv-conf /etc/resolv.conf
file resolver hosts /etc/hosts
if [ -r /etc/nsswitch.conf ]; then
  opening resolver nsswitch sed -n /^hosts:/p /etc/nsswitch.conf
  begun
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in hosts:*) printf '%s\\n' "$line" ;; esac
  done </etc/nsswitch.conf
  finish 0
fi
[ ! -r /run/systemd/resolve/resolv.conf ] || file resolver resolv-conf /run/systemd/resolve/resolv.conf
`,
});
