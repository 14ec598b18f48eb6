import { construct } from '../construct.ts';

/** A port that spanning tree holds back. */
export default construct({
  kind: 'rules',
  draw: ({ dice, here, layout, family }) => {
    if (layout.id !== 'bridged' || here.role !== 'switch' || family === 6) return null;
    const port = dice.pick(['p2', 'p3']);
    return { rules: [`bridge link set dev ${port} state ${dice.roll(4)}`].map((run) => ({ form: 'line', in: here.name, by: [], run })) };
  },
});
