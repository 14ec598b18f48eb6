import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'nexthops',
  is: 'nexthop objects that routes may name',
  where: 'node',
  when: 'once',
  gives: ['nexthop'],
  shell: `
if [ "$IP" = json ] && ip nexthop show >/dev/null 2>&1; then reading nexthops nexthops ip -d -j nexthop show
else gap nexthop 'not collected' 'this ip knows no nexthop objects'; fi
`,
});
