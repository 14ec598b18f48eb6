import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'path-mtus-ipv6',
  is: 'the IPv6 path MTUs that were learnt',
  where: 'everywhere',
  when: 'once',
  gives: ['path-mtu'],
  tool: 'ip',
  options: '-6 -d',
  line: 'route show cached',
  format: 'ip-route',
});
