import { construct } from '../construct.ts';
import { BEHIND, ip, isRouter, line } from '../ways.ts';

/** A route of type local: the router itself takes what is for it. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (!isRouter(site)) return null;
    return {
      rules: [
        line(
          site,
          `${ip(site)} route replace local ${site.dice.pick(BEHIND[site.family])} dev lo table ${site.dice.pick(['local', 'main'])}`,
        ),
      ],
    };
  },
});
