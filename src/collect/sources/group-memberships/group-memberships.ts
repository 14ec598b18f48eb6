import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'group-memberships',
  is: 'the multicast groups that devices listen to',
  where: 'everywhere',
  when: 'once',
  gives: ['group-membership'],
  shell: `
file group-memberships group-memberships /proc/net/igmp /proc/net/igmp6
`,
});
