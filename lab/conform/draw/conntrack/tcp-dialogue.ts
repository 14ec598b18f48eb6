import { construct } from '../construct.ts';

/** TCP flags in any order from both sides: the state machine decides what belongs together. */
export default construct({
  kind: 'conversation',
  draw: ({ dice }, opening) => {
    if (opening.packet.protocol !== 'tcp') return null;
    const any = (): string => dice.pick(['S', 'SA', 'A', 'FA', 'R', 'RA', 'PA', 'F']);
    return {
      by: [],
      steps: [
        { does: 'send', packet: { ...opening.packet, flags: dice.pick(['S', 'S', 'A', 'SA']) } },
        { does: 'answer', to: 0, flags: dice.pick(['SA', 'SA', 'A', 'RA', 'S']) },
        { does: 'again', step: 0, flags: any() },
        { does: 'answer', to: 0, flags: any() },
        { does: 'again', step: 0, flags: any() },
        { does: 'again', step: 0, flags: 'S' },
      ],
    };
  },
});
