import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'neighbour-proxies',
  is: 'the addresses that ARP and ND are answered for in place of others',
  where: 'everywhere',
  when: 'once',
  gives: [],
  tool: 'ip',
  options: '-d -s -s',
  line: 'neigh show proxy',
  format: 'ip-neigh',
});
