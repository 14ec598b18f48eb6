import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'ipvs',
  is: 'the virtual servers of IPVS, where the kernel has it',
  where: 'node',
  when: 'once',
  gives: [],
  shell: `
if [ -e /proc/net/ip_vs ]; then
  if have ipvsadm; then reading ipvs ipvsadm ipvsadm -S -n; else reading ipvs proc-ip-vs cat /proc/net/ip_vs; fi
fi
`,
});
