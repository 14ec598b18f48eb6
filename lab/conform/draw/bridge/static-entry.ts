import { construct } from '../construct.ts';

/** An address that is fixed behind its port by hand, or behind the other one: there the first frame from it would mend that, so its port learns nothing. */
export default construct({
  kind: 'rules',
  draw: ({ dice, here, layout, family }) => {
    if (layout.id !== 'bridged' || here.role !== 'switch' || family === 6) return null;
    const [own = 2, other = 3] = dice.shuffle([2, 3]);
    const entry = (port: number): string => `bridge fdb replace 02:00:00:00:01:0${own} dev p${port} master static`;
    const runs = dice.roll(3) === 0 ? [entry(own)] : [`bridge link set dev p${own} learning off`, entry(other)];
    return {
      rules: runs.map((run) => ({ form: 'line', in: here.name, by: [], run })),
      aims: [{ destination: `10.3.0.${own}` }, { destination: `fd00:3::${own}` }],
    };
  },
});
