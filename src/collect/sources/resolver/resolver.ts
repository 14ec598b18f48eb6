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
[ ! -r /etc/nsswitch.conf ] || reading resolver nsswitch sed -n /^hosts:/p /etc/nsswitch.conf
[ ! -r /run/systemd/resolve/resolv.conf ] || file resolver resolv-conf /run/systemd/resolve/resolv.conf
`,
});
