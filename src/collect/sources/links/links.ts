import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'links',
  is: 'every device with its settings and counters',
  where: 'everywhere',
  when: 'once',
  gives: ['link', 'link-counters'],
  tool: 'ip',
  options: '-d -s -s',
  line: 'link show',
  format: 'ip-link',
  kept: 'LINKS',
});
