import type { Dice } from '../../draw/dice.ts';
import { construct, type Construct } from './construct.ts';

/** Lines for the ports of a bridge, and the number of the end that packets are aimed at. */
type Drawn = { readonly runs: readonly string[]; readonly end?: number };

/** What is done to ports `p2` and `p3` of a bridge that leads to one end each, whichever family is drawn for: once. */
export const bridgeLines = (drawn: (dice: Dice) => Drawn): Construct =>
  construct({
    kind: 'rules',
    draw: ({ dice, here, layout, family }) => {
      if (layout.id !== 'bridged' || here.role !== 'switch' || family === 6) return null;
      const { runs, end } = drawn(dice);
      return {
        rules: runs.map((run) => ({ form: 'line', in: here.name, by: [], run })),
        ...(end === undefined ? {} : { aims: [{ destination: `10.3.0.${end}` }, { destination: `fd00:3::${end}` }] }),
      };
    },
  });
