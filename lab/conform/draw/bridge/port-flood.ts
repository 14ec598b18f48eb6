import { construct } from '../construct.ts';

/** A port that frames for nobody known are not sent to, and an address that nobody knows. */
export default construct({
  kind: 'rules',
  draw: ({ dice, here, layout, family }) => {
    if (layout.id !== 'bridged' || here.role !== 'switch' || family === 6) return null;
    const port = dice.pick(['p2', 'p3']);
    return {
      rules: [`bridge link set dev ${port} flood off`, ...(dice.roll(2) === 0 ? [`bridge link set dev ${port} learning off`] : [])].map(
        (run) => ({ form: 'line', in: here.name, by: [], run }),
      ),
    };
  },
});
