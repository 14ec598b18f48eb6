import { construct } from '../construct.ts';

/** Chunks that are drawn, with flags where they have some. */
const TYPES = [
  'INIT',
  'INIT_ACK',
  'COOKIE_ECHO',
  'COOKIE_ACK',
  'DATA',
  'DATA:BE',
  'DATA:Be',
  'SACK',
  'HEARTBEAT',
  'ABORT',
  'ABORT:T',
  'ABORT:t',
  'SHUTDOWN',
];

/** `--chunk-types`: any of some, all of them, or nothing else. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, protocol }) => {
    if (protocol !== null && protocol !== 'sctp') return null;
    const types = dice.shuffle(TYPES).slice(0, 1 + dice.roll(3));
    const kinds = new Map(types.map((type) => [type.split(':')[0] ?? type, type]));
    const list = dice.roll(10) === 0 ? dice.pick(['ALL', 'NONE']) : [...kinds.values()].join();
    const not = dice.roll(4) === 0 ? '! ' : '';
    const aims = [['INIT'], ['COOKIE_ECHO', 'DATA'], ['SACK', 'DATA'], ['DATA'], ['ABORT'], ['HEARTBEAT']] as const;
    return {
      text: `-m sctp ${not}--chunk-types ${dice.pick(['any', 'any', 'all', 'only'])} ${list}`,
      protocol: 'sctp',
      aims: aims.map((chunks) => ({ chunks })),
    };
  },
});
