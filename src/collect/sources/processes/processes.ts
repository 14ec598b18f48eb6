import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'processes',
  is: 'the processes that make the network, with their arguments',
  where: 'node',
  when: 'once',
  gives: ['process'],
  shell: `
opening processes processes sh -c 'cat /proc/[0-9]*/cmdline'
begun
cat "$WORK/processes" 2>"$SAID"
finish $?
`,
});
