import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'neighbour-tables',
  is: "how full the machine's neighbour tables are, and how often they had no room",
  where: 'node',
  when: 'every look',
  gives: ['counter', 'sysctl'],
  shell: `
# busybox's sh takes its own ip before any other, and that one knows no ntable
for program in ip /usr/sbin/ip /sbin/ip /usr/bin/ip /bin/ip; do
  if "$program" ntable show >/dev/null 2>&1; then reading neighbour-tables ip-ntable "$program" -s ntable show; break; fi
done
`,
});
