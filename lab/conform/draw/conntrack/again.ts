import { construct } from '../construct.ts';

/** A packet sent again before any answer, then with other flags. */
export default construct({
  kind: 'conversation',
  draw: ({ dice }, opening) => ({
    by: [],
    steps: [
      opening,
      { does: 'again', step: 0 },
      { does: 'again', step: 0, ...(opening.packet.protocol === 'tcp' ? { flags: dice.pick(['A', 'FA', 'R', 'RA', 'S', 'PA']) } : {}) },
    ],
  }),
});
