import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'processes',
  is: 'the processes that make the network, with their arguments',
  where: 'node',
  when: 'once',
  gives: ['process'],
  shell: `
left_in processes processes "$WORK/processes" sh -c 'cat /proc/[0-9]*/cmdline'
`,
});
