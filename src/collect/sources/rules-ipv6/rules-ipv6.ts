import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'rules-ipv6',
  is: 'the IPv6 policy rules',
  where: 'everywhere',
  when: 'once',
  gives: ['rule'],
  tool: 'ip',
  options: '-6 -d',
  line: 'rule show',
  format: 'ip-rule',
});
