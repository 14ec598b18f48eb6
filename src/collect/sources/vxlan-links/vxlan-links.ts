import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'vxlan-links',
  is: 'what JSON does not tell of VXLAN devices: whether they inherit the TTL',
  where: 'everywhere',
  when: 'once',
  gives: [],
  shell: `
# as text, the devices have told it
case $LINKS in *'"info_kind":"vxlan"'*) reading vxlan-links ip-link ip -d link show type vxlan ;; esac
`,
});
