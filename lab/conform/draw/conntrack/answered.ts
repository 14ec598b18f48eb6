import { construct } from '../construct.ts';

/** A packet, its answer, the packet again, another answer. */
export default construct({
  kind: 'conversation',
  draw: (_, opening) => {
    const isTcp = opening.packet.protocol === 'tcp';
    const flags = (letters: string): { readonly flags?: string } => (isTcp ? { flags: letters } : {});
    return {
      by: [],
      steps: [
        { does: 'send', packet: { ...opening.packet, ...flags('S') } },
        { does: 'answer', to: 0, ...flags('SA') },
        { does: 'again', step: 0, ...flags('A') },
        { does: 'answer', to: 2, ...flags('A') },
      ],
    };
  },
});
