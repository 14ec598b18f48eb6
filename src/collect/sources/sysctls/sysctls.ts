import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'sysctls',
  is: 'kernel settings of the network that are in force',
  where: 'everywhere',
  when: 'once',
  gives: ['sysctl'],
  shell: `
opening sysctls sysctl sysctl -a
begun
sysctls 2>"$SAID"
finish $?
`,
});
