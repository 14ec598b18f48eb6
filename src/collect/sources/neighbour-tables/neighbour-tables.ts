import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'neighbour-tables',
  is: "how full the machine's neighbour tables are, and how often they had no room",
  where: 'node',
  when: 'every look',
  gives: ['counter', 'sysctl'],
  shell: `
if have ip; then reading neighbour-tables ip-ntable ip -s ntable show; fi
`,
});
