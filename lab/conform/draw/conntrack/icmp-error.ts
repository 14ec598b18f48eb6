import { construct } from '../construct.ts';

/** An ICMP error about a packet from who received it, before and after an answer. */
export default construct({
  kind: 'conversation',
  draw: ({ dice, family }, opening) => {
    const four = [
      [3, 3],
      [3, 1],
      [11, 0],
      [12, 0],
      [4, 0],
    ] as const;
    const six = [
      [1, 4],
      [3, 0],
      [2, 0],
    ] as const;
    const [type, code] = family === 4 ? dice.pick(four) : dice.pick(six);
    const error = { does: 'error', to: 0, type, code } as const;
    return {
      by: [],
      steps: dice.roll(2) === 0 ? [opening, error] : [opening, { does: 'answer', to: 0 }, error, { does: 'again', step: 0 }],
    };
  },
});
