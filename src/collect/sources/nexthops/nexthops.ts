import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'nexthops',
  is: 'nexthop objects that routes may name',
  where: 'node',
  when: 'once',
  gives: ['nexthop'],
  shell: `
if [ "$IP" = json ] && shown=$(limited ip -d -j nexthop show 2>/dev/null </dev/null); then
  opening nexthops nexthops ip -d -j nexthop show
  begun
  [ -z "$shown" ] || printf '%s\\n' "$shown"
  finish 0
else gap nexthop 'not collected' 'this ip knows no nexthop objects'; fi
`,
});
