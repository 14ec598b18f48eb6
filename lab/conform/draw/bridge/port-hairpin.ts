import { construct } from '../construct.ts';

/** A port that gives frames back where they came from: those for the other end, which an entry puts behind it. */
export default construct({
  kind: 'rules',
  draw: ({ dice, here, layout, family }) => {
    if (layout.id !== 'bridged' || here.role !== 'switch' || family === 6) return null;
    const [own = 2, other = 3] = dice.shuffle([2, 3]);
    const behind = [`bridge link set dev p${other} learning off`, `bridge fdb replace 02:00:00:00:01:0${other} dev p${own} master static`];
    return {
      rules: [...(dice.roll(4) === 0 ? [] : behind), `bridge link set dev p${own} hairpin on`].map((run) => ({
        form: 'line',
        in: here.name,
        by: [],
        run,
      })),
      aims: [{ destination: `10.3.0.${other}` }, { destination: `fd00:3::${other}` }],
    };
  },
});
