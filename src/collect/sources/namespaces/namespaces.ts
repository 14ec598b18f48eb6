import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'namespaces',
  is: 'the network namespaces of the node, and the pods that they belong to',
  where: 'node',
  when: 'once',
  gives: ['namespace'],
  shell: `
left_in namespaces namespaces "$WORK/namespaces" ls -Lid /proc/self/ns/net '/proc/[0-9]*/ns/net' '/run/netns/*' '/var/run/docker/netns/*'
`,
});
