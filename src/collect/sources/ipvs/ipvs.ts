import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'ipvs',
  is: 'the virtual servers of IPVS and their connections, where the kernel has it',
  where: 'everywhere',
  when: 'once',
  gives: ['ipvs-service', 'ipvs-connection'],
  // read a page at a time: behind a shorter piece the kernel goes on by a place that counts the virtual servers of all namespaces among
  // those of this one, and leaves some out (net/netfilter/ipvs/ip_vs_ctl.c ip_vs_info_array, ip_vs_info_seq_next)
  shell: `
if [ -e /proc/net/ip_vs ]; then
  reading ipvs proc-ip-vs cat /proc/net/ip_vs
  file ipvs proc-ip-vs-conn /proc/net/ip_vs_conn
fi
`,
});
