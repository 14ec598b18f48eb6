import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'bridge-vlans',
  is: 'VLAN filtering of bridge ports, where the kernel has it',
  where: 'node',
  when: 'once',
  gives: [],
  shell: `
if [ -e /sys/module/8021q ] || [ -d /proc/net/vlan ]; then reading bridge-vlans bridge-vlan bridge vlan show; fi
`,
});
