import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'path-mtus',
  is: 'the IPv4 path MTUs that were learnt',
  where: 'everywhere',
  when: 'once',
  gives: ['path-mtu'],
  tool: 'ip',
  options: '-4 -d',
  line: 'route show cached',
  format: 'ip-route',
});
