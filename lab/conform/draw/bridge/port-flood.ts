import { construct } from '../construct.ts';

/** A port that frames for nobody known are not sent to, and that teaches nobody: where its end has no entry, nothing reaches it. */
export default construct({
  kind: 'rules',
  draw: ({ dice, here, layout, family }) => {
    if (layout.id !== 'bridged' || here.role !== 'switch' || family === 6) return null;
    const number = 2 + dice.roll(2);
    const unknown = [`bridge link set dev p${number} learning off`, `bridge fdb del 02:00:00:00:01:0${number} dev p${number} master`];
    return {
      rules: [...(dice.roll(4) === 0 ? [] : unknown), `bridge link set dev p${number} flood off`].map((run) => ({
        form: 'line',
        in: here.name,
        by: [],
        run,
      })),
      aims: [{ destination: `10.3.0.${number}` }, { destination: `fd00:3::${number}` }],
    };
  },
});
