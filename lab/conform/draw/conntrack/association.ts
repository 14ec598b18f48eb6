import { construct } from '../construct.ts';
import type { Packet } from '../packet.ts';

type Chunks = NonNullable<Packet['chunks']>;

/** Who speaks next, and what it says. */
const ANY: readonly Chunks[] = [
  ['INIT'],
  ['INIT_ACK'],
  ['COOKIE_ECHO'],
  ['COOKIE_ECHO', 'DATA'],
  ['COOKIE_ACK'],
  ['COOKIE_ACK', 'SACK'],
  ['DATA'],
  ['SACK', 'DATA'],
  ['HEARTBEAT'],
  ['HEARTBEAT_ACK'],
  ['ERROR'],
  ['SHUTDOWN'],
  ['SHUTDOWN_ACK'],
  ['SHUTDOWN_COMPLETE'],
  ['SHUTDOWN_COMPLETE:T'],
  ['ABORT'],
  ['ABORT:T'],
];

/** An association of SCTP from its beginning to its end, as both ends would have it or with chunks in any order. */
export default construct({
  kind: 'conversation',
  draw: ({ dice }, opening) => {
    if (opening.packet.protocol !== 'sctp') return null;
    const usual: readonly Chunks[] = [['INIT_ACK'], ['COOKIE_ECHO'], ['COOKIE_ACK'], ['DATA'], ['SHUTDOWN'], ['SHUTDOWN_ACK']];
    const isUsual = dice.roll(2) === 0;
    const said = usual.slice(0, 3 + dice.roll(4)).map((chunks) => (isUsual && dice.roll(6) > 0 ? chunks : dice.pick(ANY)));
    const first = isUsual || dice.roll(2) === 0 ? ['INIT' as const] : dice.pick(ANY);
    return {
      by: [],
      steps: [
        { does: 'send', packet: { ...opening.packet, chunks: first } },
        ...said.map((chunks, at) =>
          at % 2 === 0 ? ({ does: 'answer', to: 0, chunks } as const) : ({ does: 'again', step: 0, chunks } as const),
        ),
      ],
    };
  },
});
