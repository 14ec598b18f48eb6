import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'ipset',
  is: 'the sets that iptables rules name',
  where: 'everywhere',
  when: 'once',
  gives: ['ipset'],
  shell: `
# without the module there are no sets, and asking for them would load it
if [ -d /sys/module/ip_set ]; then
  if have ipset; then reading ipset ipset ipset save
  else gap ipset 'not collected' 'this kernel knows sets, and there is no ipset on this machine'; fi
fi
`,
});
