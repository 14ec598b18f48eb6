import { construct } from '../construct.ts';

/** `jhash` with a seed of its own. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, family }) => {
    const address = `${family === 4 ? 'ip' : 'ip6'} saddr`;
    const [of, protocol] = dice.pick([
      [address, undefined],
      [`${address} . tcp sport`, 'tcp'],
      [`${address} . udp dport`, 'udp'],
    ] as const);
    const text = `jhash ${of} mod ${3 + dice.roll(5)} seed 0x${(1 + dice.roll(0xffffff)).toString(16)} ${dice.pick(['0', '1', '!= 0', '< 2'])}`;
    return protocol === undefined ? { text } : { text, protocol };
  },
});
