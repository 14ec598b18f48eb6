import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'resolver',
  is: 'the files that name look-ups go by',
  where: 'node',
  when: 'once',
  gives: ['resolv-conf', 'hosts'],
  shell: `
reading resolver resolv-conf cat /etc/resolv.conf
reading resolver hosts cat /etc/hosts
[ ! -r /etc/nsswitch.conf ] || reading resolver nsswitch sed -n /^hosts:/p /etc/nsswitch.conf
[ ! -r /run/systemd/resolve/resolv.conf ] || reading resolver resolv-conf cat /run/systemd/resolve/resolv.conf
`,
});
