import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'routes',
  is: 'the IPv4 routes of all tables',
  where: 'everywhere',
  when: 'once',
  gives: ['route'],
  tool: 'ip',
  options: '-4 -d',
  line: 'route show table all',
  format: 'ip-route',
});
