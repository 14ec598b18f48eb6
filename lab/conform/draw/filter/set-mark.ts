import { construct } from '../construct.ts';

/** `-j MARK` in all its forms. */
export default construct({
  kind: 'iptables target',
  tables: ['mangle'],
  hooks: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  draw: ({ dice, pool }) => {
    const hex = (value: number): string => `0x${value.toString(16)}`;
    const [one, other] = [dice.pick(pool.marks), dice.pick(pool.marks)];
    return {
      text: `-j MARK ${dice.pick([
        `--set-mark ${hex(one)}`,
        `--set-xmark ${hex(one)}/${hex(other)}`,
        `--set-mark ${hex(one)}/${hex(other)}`,
        `--or-mark ${hex(one)}`,
        `--and-mark ${hex(other)}`,
        `--xor-mark ${hex(one)}`,
      ])}`,
    };
  },
});
