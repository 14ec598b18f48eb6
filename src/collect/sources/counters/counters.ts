import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'counters',
  is: 'the counters of the IP stack',
  where: 'everywhere',
  when: 'every look',
  gives: ['counter'],
  shell: `
file counters proc-snmp /proc/net/snmp /proc/net/netstat
[ ! -r /proc/net/snmp6 ] || [ "$WHERE" != . ] || file counters proc-snmp6 /proc/net/snmp6
`,
});
