import { construct } from '../construct.ts';

/** `-m bpf`: a program that nobody runs but the kernel. */
export default construct({
  kind: 'iptables match',
  rare: true,
  draw: ({ dice }) => (dice.roll(6) > 0 ? null : { text: '-m bpf --bytecode "1,6 0 0 0"' }),
});
