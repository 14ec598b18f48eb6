import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'neighbours',
  is: 'the ARP and ND caches',
  where: 'everywhere',
  when: 'once',
  gives: ['neighbour'],
  tool: 'ip',
  options: '-d -s -s',
  line: 'neigh show nud all',
  format: 'ip-neigh',
});
