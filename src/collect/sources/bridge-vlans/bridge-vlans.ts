import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'bridge-vlans',
  is: 'the VLANs of bridge ports, where a bridge tells them apart',
  where: 'everywhere',
  when: 'once',
  gives: ['bridge-vlan'],
  shell: `
if [ "$BRIDGE" != none ]; then
  [ "$IP" = json ] || LINKS=$(ip -d link show type bridge 2>/dev/null)
  case $LINKS in *'vlan_filtering 1'* | *'"vlan_filtering":1'*) reading bridge-vlans bridge-vlan bridge vlan show ;; esac
fi
`,
});
