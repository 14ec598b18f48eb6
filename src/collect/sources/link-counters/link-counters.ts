import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'link-counters',
  is: "the devices' counters once more",
  where: 'everywhere',
  when: 'later looks',
  gives: ['link-counters'],
  tool: 'ip',
  options: '-s -s',
  line: 'link show',
  format: 'ip-link',
});
