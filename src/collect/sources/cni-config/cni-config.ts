import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'cni-config',
  is: 'the CNI configurations, by their order',
  where: 'node',
  when: 'once',
  gives: ['cni-config'],
  shell: `
for path in /etc/cni/net.d/*.conf /etc/cni/net.d/*.conflist /etc/cni/net.d/*.json; do
  [ ! -r "$path" ] || file cni-config cni-config "$path"
done
`,
});
