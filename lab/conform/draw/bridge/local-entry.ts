import { construct } from '../construct.ts';

/** An address that the bridge takes for its own. */
export default construct({
  kind: 'rules',
  draw: ({ dice, here, layout, family }) => {
    if (layout.id !== 'bridged' || here.role !== 'switch' || family === 6) return null;
    const port = dice.pick(['p2', 'p3']);
    return {
      rules: [`bridge fdb replace 02:00:00:00:01:0${2 + dice.roll(2)} dev ${port} master permanent`].map((run) => ({
        form: 'line',
        in: here.name,
        by: [],
        run,
      })),
    };
  },
});
