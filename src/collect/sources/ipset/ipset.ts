import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'ipset',
  is: 'the sets that iptables rules name',
  where: 'node',
  when: 'once',
  gives: [],
  shell: `
if [ -d /sys/module/ip_set ] && have ipset; then reading ipset ipset ipset save; fi
`,
});
