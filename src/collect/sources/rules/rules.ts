import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'rules',
  is: 'the IPv4 policy rules',
  where: 'everywhere',
  when: 'once',
  gives: ['rule'],
  tool: 'ip',
  options: '-4 -d',
  line: 'rule show',
  format: 'ip-rule',
});
