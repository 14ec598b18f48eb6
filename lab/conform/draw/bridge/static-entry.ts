import { construct } from '../construct.ts';

/** An address that is fixed behind its port by hand. A wrong port would be mended by the first frame from it. */
export default construct({
  kind: 'rules',
  draw: ({ dice, here, layout, family }) => {
    if (layout.id !== 'bridged' || here.role !== 'switch' || family === 6) return null;
    const number = 2 + dice.roll(2);
    const run = `bridge fdb replace 02:00:00:00:01:0${number} dev p${number} master static`;
    return { rules: [{ form: 'line', in: here.name, by: [], run }] };
  },
});
