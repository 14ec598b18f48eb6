import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'routes-ipv6',
  is: 'the IPv6 routes of all tables',
  where: 'everywhere',
  when: 'once',
  gives: ['route'],
  tool: 'ip',
  options: '-6 -d',
  line: 'route show table all',
  format: 'ip-route',
});
