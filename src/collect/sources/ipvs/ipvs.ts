import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'ipvs',
  is: 'the virtual servers of IPVS and their connections, where the kernel has it',
  where: 'everywhere',
  when: 'once',
  gives: ['ipvs-service', 'ipvs-connection'],
  shell: `
if [ -e /proc/net/ip_vs ]; then
  file ipvs proc-ip-vs /proc/net/ip_vs
  file ipvs proc-ip-vs-conn /proc/net/ip_vs_conn
fi
`,
});
