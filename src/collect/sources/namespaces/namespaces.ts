import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'namespaces',
  is: 'the network namespaces of the node, and the pods that they belong to',
  where: 'node',
  when: 'once',
  gives: ['namespace'],
  shell: `
opening namespaces namespaces ls -Lid /proc/self/ns/net '/proc/[0-9]*/ns/net' '/run/netns/*' '/var/run/docker/netns/*'
begun
cat "$WORK/namespaces" 2>"$SAID"
finish $?
`,
});
