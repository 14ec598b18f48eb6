import { construct } from '../construct.ts';

/** `-j CONNMARK`: set and save, with masks. */
export default construct({
  kind: 'iptables target',
  tables: ['mangle', 'raw', 'security'],
  hooks: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  draw: ({ dice, pool }) => {
    const hex = (value: number): string => `0x${value.toString(16)}`;
    const [one, other] = [dice.pick(pool.marks), dice.pick(pool.marks)];
    const ways = [
      `--set-mark ${hex(one)}`,
      `--set-xmark ${hex(one)}/${hex(other)}`,
      `--or-mark ${hex(one)}`,
      `--and-mark ${hex(other)}`,
      `--xor-mark ${hex(one)}`,
      '--save-mark',
      `--save-mark --nfmask ${hex(one)} --ctmask ${hex(one | other)}`,
    ];
    return { text: `-j CONNMARK ${dice.pick(ways)}` };
  },
});
