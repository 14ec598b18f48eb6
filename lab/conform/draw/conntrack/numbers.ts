import { construct } from '../construct.ts';
import type { Off } from '../packet.ts';

/** An open TCP connection whose ends then say numbers that do not fit: of what was never sent, long over, or more than there is room for. */
export default construct({
  kind: 'conversation',
  draw: ({ dice }, opening) => {
    if (opening.packet.protocol !== 'tcp') return null;
    const room = (): Off => (dice.roll(3) === 0 ? { window: dice.pick([0, 8, 20, 100]) } : {});
    const off = (): Off => ({
      ...room(),
      ...dice.pick<Off>([{}, { ack: 8 }, { ack: 200 }, { ack: -8 }, { seq: 8 }, { seq: 120 }, { seq: -8 }, { seq: -17 }]),
    });
    const later = () => {
      const said = { flags: dice.pick(['A', 'A', 'PA', 'FA', 'R', 'RA', 'SA']), off: off() };
      return dice.roll(2) === 0 ? ({ does: 'again', step: 0, ...said } as const) : ({ does: 'answer', to: 0, ...said } as const);
    };
    return {
      by: [],
      steps: [
        { does: 'send', packet: { ...opening.packet, flags: 'S' } },
        { does: 'answer', to: 0, flags: 'SA', off: room() },
        { does: 'again', step: 0, flags: 'A', off: room() },
        later(),
        later(),
        later(),
        { does: 'again', step: 0, flags: dice.pick(['A', 'S']) },
      ],
    };
  },
});
