import { construct } from '../construct.ts';

/** A packet sent twice before its answer, then both ways once more: what takes flows has taken this one. */
export default construct({
  kind: 'conversation',
  draw: (_, { packet }) => {
    const flags = (letters: string): { readonly flags?: string } => (packet.protocol === 'tcp' ? { flags: letters } : {});
    return {
      by: [],
      steps: [
        { does: 'send', packet: { ...packet, ...flags('S') } },
        ...(packet.protocol === 'tcp'
          ? ([
              { does: 'answer', to: 0, flags: 'SA' },
              { does: 'again', step: 0, flags: 'A' },
            ] as const)
          : ([{ does: 'again', step: 0 }] as const)),
        { does: 'answer', to: 0, ...flags('A') },
        { does: 'again', step: 0, ...flags('A') },
        { does: 'answer', to: 0, ...flags('A') },
      ],
    };
  },
});
