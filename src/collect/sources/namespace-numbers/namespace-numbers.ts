import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'namespace-numbers',
  is: 'by which numbers a namespace knows others that have names: where its veths lead',
  where: 'namespaces',
  when: 'once',
  gives: [],
  shell: `
if numbers=$(ip netns list-id 2>/dev/null | grep 'name: ') && [ -n "$numbers" ]; then
  opening namespace-numbers ip-netns ip netns list-id
  begun
  printf '%s\\n' "$numbers"
  finish 0
fi
`,
});
