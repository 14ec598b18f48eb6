import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'addresses',
  is: 'the addresses of every device',
  where: 'everywhere',
  when: 'once',
  gives: ['address'],
  tool: 'ip',
  options: '-d -s -s',
  line: 'addr show',
  format: 'ip-link',
});
