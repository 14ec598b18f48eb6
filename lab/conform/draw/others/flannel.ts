import { construct } from '../construct.ts';
import { savedRules } from '../recorded.ts';

/** What flanneld forwards and masquerades; the pods of this node are behind r1. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (site.here.role !== 'router' || site.family === 6) return null;
    return savedRules(site, 'flannel-0.28.4.txt', [
      ['10.100.14.0/24', '10.1.0.0/24'],
      ['10.100.0.0/16', site.dice.pick(['10.0.0.0/14', '10.1.0.0/16'])],
    ]);
  },
});
