import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'counters',
  is: 'the counters of the IP stack',
  where: 'everywhere',
  when: 'every look',
  gives: ['counter'],
  shell: `
reading counters proc-snmp cat /proc/net/snmp /proc/net/netstat
[ ! -r /proc/net/snmp6 ] || [ "$WHERE" != . ] || reading counters proc-snmp6 cat /proc/net/snmp6
`,
});
