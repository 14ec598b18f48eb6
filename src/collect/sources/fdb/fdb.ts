import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'fdb',
  is: 'the forwarding databases of bridges and VXLAN devices',
  where: 'everywhere',
  when: 'once',
  gives: ['fdb'],
  tool: 'bridge',
  options: '-d',
  line: 'fdb show',
  format: 'bridge-fdb',
});
