import { construct } from '../construct.ts';

/** Both ports are isolated from each other, or one alone. */
export default construct({
  kind: 'rules',
  draw: ({ dice, here, layout, family }) => {
    if (layout.id !== 'bridged' || here.role !== 'switch' || family === 6) return null;
    const port = dice.pick(['p2', 'p3']);
    return {
      rules: [...(dice.roll(2) === 0 ? ['p2', 'p3'] : [port]).map((one) => `bridge link set dev ${one} isolated on`)].map((run) => ({
        form: 'line',
        in: here.name,
        by: [],
        run,
      })),
    };
  },
});
