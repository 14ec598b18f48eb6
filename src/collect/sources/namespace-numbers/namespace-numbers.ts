import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'namespace-numbers',
  is: 'by which numbers a namespace knows others that have names: where its veths lead',
  where: 'namespaces',
  when: 'once',
  gives: [],
  shell: `
numbers=$(ip netns list-id 2>/dev/null)
case $numbers in *'name: '*)
  opening namespace-numbers ip-netns ip netns list-id
  begun
  printf '%s\\n' "$numbers" | grep 'name: '
  finish 0 ;;
esac
`,
});
