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
  if shown=$(limited "$program" -s ntable show 2>/dev/null </dev/null) && [ -n "$shown" ]; then
    opening neighbour-tables ip-ntable "$program" -s ntable show
    begun
    printf '%s\\n' "$shown"
    finish 0
    break
  fi
done
`,
});
