import { construct } from '../construct.ts';
import type { Off, Step } from '../packet.ts';

/** How a connection begins: what the other end says has a `<` before it. */
const BEGINNINGS = ['S <SA A', 'S <SA A', 'S <SA A <A', 'A <A', 'S <S', 'S <A', 'S <SA', 'S'];

/** A TCP connection, open or not, whose ends then say numbers that may not fit: of what was never sent, long over, or more than there is room for. */
export default construct({
  kind: 'conversation',
  draw: ({ dice }, opening) => {
    if (opening.packet.protocol !== 'tcp') return null;
    const [first = 'S', ...beginning] = dice.pick(BEGINNINGS).split(' ');
    const room = (): Off => (dice.roll(3) === 0 ? { window: dice.pick([0, 8, 20, 100]) } : {});
    const off = (): Off => ({
      ...room(),
      ...(dice.roll(2) === 0 ? {} : { seq: dice.pick([0, 1, 8, 120, -1, -8, -17]), ack: dice.pick([0, 0, 0, 1, 8, 200, -8]) }),
    });
    const later = (): string => `${dice.roll(2) === 0 ? '<' : ''}${dice.pick(['A', 'A', 'A', 'PA', 'FA', 'R', 'RA', 'SA', 'S'])}`;
    const said = (text: string, off: Off): Step =>
      text.startsWith('<') ? { does: 'answer', to: 0, flags: text.slice(1), off } : { does: 'again', step: 0, flags: text, off };
    return {
      by: [],
      steps: [
        { does: 'send', packet: { ...opening.packet, flags: first } },
        ...beginning.map((text) => said(text, room())),
        ...Array.from({ length: 3 + dice.roll(4) }, () => said(later(), off())),
      ],
    };
  },
});
