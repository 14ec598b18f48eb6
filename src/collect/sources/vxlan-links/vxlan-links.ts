import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'vxlan-links',
  is: 'what JSON does not tell of VXLAN devices: whether they inherit the TTL',
  where: 'everywhere',
  when: 'once',
  gives: [],
  shell: `
case $(ip link show type vxlan 2>/dev/null) in ?*) reading vxlan-links ip-link ip -d link show type vxlan ;; esac
`,
});
