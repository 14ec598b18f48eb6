import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'bridge-ports',
  is: 'the settings of bridge ports',
  where: 'everywhere',
  when: 'once',
  gives: ['link'],
  tool: 'bridge',
  options: '-d',
  line: 'link show',
  format: 'bridge-link',
});
