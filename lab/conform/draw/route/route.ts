import { construct } from '../construct.ts';
import { isRouter, line, routeLine, target, towardsBehind, way } from '../ways.ts';

/** A route of the main table: by either link, or dropping without a word. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (!isRouter(site)) return null;
    const { dice } = site;
    const ways = way(site);
    return {
      rules: [
        line(site, routeLine(site, 'replace', target(site), ways === 'throw' ? 'blackhole' : ways, `metric ${10 + dice.roll(3) * 10}`)),
      ],
      aims: towardsBehind(site),
    };
  },
});
